// The functions of libgpiod 2 that are used here, over FakeGpio instead of the kernel.
#include <gpiod.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>

#include "test/drivers/common/fake_gpio.hpp"

using hearth::test::FakeChip;
using hearth::test::FakeGpio;

struct gpiod_chip {
  std::shared_ptr<FakeChip> fake;
};
struct gpiod_chip_info {
  std::string name, label;
  std::size_t lines = 0;
};
struct gpiod_line_info {
  std::string name, consumer;
};
struct gpiod_line_settings {
  gpiod_line_direction direction = GPIOD_LINE_DIRECTION_AS_IS;
  gpiod_line_drive drive = GPIOD_LINE_DRIVE_PUSH_PULL;
  bool active_low = false;
  gpiod_line_value value = GPIOD_LINE_VALUE_INACTIVE;
};
struct gpiod_line_config {
  std::optional<unsigned> offset;
  gpiod_line_settings settings;
};
struct gpiod_request_config {
  std::string consumer;
};
struct gpiod_line_request {
  std::shared_ptr<FakeChip> fake;
  unsigned offset = 0;
};

namespace {

int outcome(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

const char* drive_of(gpiod_line_drive drive) {
  if (drive == GPIOD_LINE_DRIVE_OPEN_DRAIN) return "open_drain";
  return drive == GPIOD_LINE_DRIVE_OPEN_SOURCE ? "open_source" : "push_pull";
}

const char* or_null(const std::string& text) { return text.empty() ? nullptr : text.c_str(); }

template <class T>
T* made() {
  return std::make_unique<T>().release();
}
template <class T>
void unmade(T* object) {
  const std::unique_ptr<T> last(object);
}

}  // namespace

gpiod_chip* gpiod_chip_open(const char* path) {
  auto chip = std::make_unique<gpiod_chip>();
  if (outcome(FakeGpio::current()->open(path, chip->fake)) != 0) return nullptr;
  return chip.release();
}
void gpiod_chip_close(gpiod_chip* chip) {
  --FakeGpio::current()->open_chips;
  unmade(chip);
}

gpiod_chip_info* gpiod_chip_get_info(gpiod_chip* chip) {
  if (!chip->fake->plugged) return errno = ENODEV, nullptr;
  auto* info = made<gpiod_chip_info>();
  *info = {chip->fake->name, chip->fake->label, chip->fake->lines.size()};
  return info;
}
void gpiod_chip_info_free(gpiod_chip_info* info) { unmade(info); }
const char* gpiod_chip_info_get_name(gpiod_chip_info* info) { return info->name.c_str(); }
const char* gpiod_chip_info_get_label(gpiod_chip_info* info) { return info->label.c_str(); }
size_t gpiod_chip_info_get_num_lines(gpiod_chip_info* info) { return info->lines; }

gpiod_line_info* gpiod_chip_get_line_info(gpiod_chip* chip, unsigned int offset) {
  if (!chip->fake->plugged) return errno = ENODEV, nullptr;
  if (offset >= chip->fake->lines.size()) return errno = EINVAL, nullptr;
  auto* info = made<gpiod_line_info>();
  *info = {chip->fake->lines[offset].name, chip->fake->lines[offset].consumer};
  return info;
}
void gpiod_line_info_free(gpiod_line_info* info) { unmade(info); }
const char* gpiod_line_info_get_name(gpiod_line_info* info) { return or_null(info->name); }
const char* gpiod_line_info_get_consumer(gpiod_line_info* info) { return or_null(info->consumer); }

gpiod_line_settings* gpiod_line_settings_new() { return made<gpiod_line_settings>(); }
void gpiod_line_settings_free(gpiod_line_settings* settings) { unmade(settings); }
int gpiod_line_settings_set_direction(gpiod_line_settings* settings, gpiod_line_direction direction) {
  settings->direction = direction;
  return 0;
}
int gpiod_line_settings_set_drive(gpiod_line_settings* settings, gpiod_line_drive drive) {
  settings->drive = drive;
  return 0;
}
void gpiod_line_settings_set_active_low(gpiod_line_settings* settings, bool active_low) {
  settings->active_low = active_low;
}
int gpiod_line_settings_set_output_value(gpiod_line_settings* settings, gpiod_line_value value) {
  settings->value = value;
  return 0;
}

gpiod_line_config* gpiod_line_config_new() { return made<gpiod_line_config>(); }
void gpiod_line_config_free(gpiod_line_config* config) { unmade(config); }
int gpiod_line_config_add_line_settings(gpiod_line_config* config, const unsigned int* offsets, size_t count,
                                        gpiod_line_settings* settings) {
  if (count != 1) return outcome(EINVAL);
  config->offset = *offsets;
  config->settings = *settings;
  return 0;
}

gpiod_request_config* gpiod_request_config_new() { return made<gpiod_request_config>(); }
void gpiod_request_config_free(gpiod_request_config* config) { unmade(config); }
void gpiod_request_config_set_consumer(gpiod_request_config* config, const char* consumer) {
  config->consumer = consumer;
}

gpiod_line_request* gpiod_chip_request_lines(gpiod_chip* chip, gpiod_request_config* request,
                                             gpiod_line_config* lines) {
  const auto& settings = lines->settings;
  if (!lines->offset || settings.direction != GPIOD_LINE_DIRECTION_OUTPUT) return errno = EINVAL, nullptr;
  const int error =
      FakeGpio::current()->take(*chip->fake, *lines->offset, request->consumer, settings.active_low,
                                drive_of(settings.drive), settings.value == GPIOD_LINE_VALUE_ACTIVE);
  if (outcome(error) != 0) return nullptr;
  auto* taken = made<gpiod_line_request>();
  *taken = {chip->fake, *lines->offset};
  return taken;
}

int gpiod_line_request_set_value(gpiod_line_request* request, unsigned int offset, gpiod_line_value value) {
  if (offset != request->offset) return outcome(EINVAL);
  return outcome(FakeGpio::current()->set(*request->fake, offset, value == GPIOD_LINE_VALUE_ACTIVE));
}

void gpiod_line_request_release(gpiod_line_request* request) {
  FakeGpio::current()->release(*request->fake, request->offset);
  unmade(request);
}
