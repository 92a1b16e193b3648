// The only file that knows libgpiod: its C functions of 1.6, or of 2.x where HEARTH_GPIOD_2 is defined.
#include "gpio_line_chip.hpp"

#include <gpiod.h>

#include <cerrno>
#include <utility>

namespace hearth::drivers {
namespace {

constexpr std::size_t kLongestConsumer = 31;  // GPIO_MAX_NAME_SIZE of the kernel, less its end

std::string text_of(const char* text) { return text == nullptr ? std::string() : std::string(text); }

// Never 0: a call that failed without saying why has failed all the same.
int last_error() { return errno != 0 ? errno : EIO; }

}  // namespace

#if defined(HEARTH_GPIOD_2)

namespace {

struct Free {
  void operator()(gpiod_chip_info* info) const { gpiod_chip_info_free(info); }
  void operator()(gpiod_line_info* info) const { gpiod_line_info_free(info); }
  void operator()(gpiod_line_settings* settings) const { gpiod_line_settings_free(settings); }
  void operator()(gpiod_line_config* config) const { gpiod_line_config_free(config); }
  void operator()(gpiod_request_config* config) const { gpiod_request_config_free(config); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

gpiod_line_drive drive_of(GpioDrive drive) {
  if (drive == GpioDrive::kOpenDrain) return GPIOD_LINE_DRIVE_OPEN_DRAIN;
  if (drive == GpioDrive::kOpenSource) return GPIOD_LINE_DRIVE_OPEN_SOURCE;
  return GPIOD_LINE_DRIVE_PUSH_PULL;
}

gpiod_line_value value_of(bool on) { return on ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE; }

}  // namespace

struct GpioChip::Handles {
  explicit Handles(gpiod_chip* opened) : chip(opened), info(gpiod_chip_get_info(opened)) {}
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() {
    if (request != nullptr) gpiod_line_request_release(request);
    info.reset();
    gpiod_chip_close(chip);
  }

  bool good() const { return info != nullptr; }

  gpiod_chip* chip;
  Owned<gpiod_chip_info> info;
  gpiod_line_request* request = nullptr;
  unsigned offset = 0;
};

std::string GpioChip::name() const { return text_of(gpiod_chip_info_get_name(handles_->info.get())); }
std::string GpioChip::label() const { return text_of(gpiod_chip_info_get_label(handles_->info.get())); }
unsigned GpioChip::size() const {
  return static_cast<unsigned>(gpiod_chip_info_get_num_lines(handles_->info.get()));
}

std::string GpioChip::line_name(unsigned offset) const {
  const Owned<gpiod_line_info> info(gpiod_chip_get_line_info(handles_->chip, offset));
  return info ? text_of(gpiod_line_info_get_name(info.get())) : std::string();
}

std::string GpioChip::consumer(unsigned offset) const {
  const Owned<gpiod_line_info> info(gpiod_chip_get_line_info(handles_->chip, offset));
  return info ? text_of(gpiod_line_info_get_consumer(info.get())) : std::string();
}

int GpioChip::take(unsigned offset, const GpioRequest& request) {
  const Owned<gpiod_line_settings> settings(gpiod_line_settings_new());
  const Owned<gpiod_line_config> lines(gpiod_line_config_new());
  const Owned<gpiod_request_config> config(gpiod_request_config_new());
  if (!settings || !lines || !config) return ENOMEM;
  if (gpiod_line_settings_set_direction(settings.get(), GPIOD_LINE_DIRECTION_OUTPUT) != 0 ||
      gpiod_line_settings_set_drive(settings.get(), drive_of(request.drive)) != 0 ||
      gpiod_line_settings_set_output_value(settings.get(), value_of(request.on)) != 0)
    return last_error();
  gpiod_line_settings_set_active_low(settings.get(), request.active_low);
  if (gpiod_line_config_add_line_settings(lines.get(), &offset, 1, settings.get()) != 0) return last_error();
  gpiod_request_config_set_consumer(config.get(), request.consumer.substr(0, kLongestConsumer).c_str());
  handles_->offset = offset;
  handles_->request = gpiod_chip_request_lines(handles_->chip, config.get(), lines.get());
  return handles_->request != nullptr ? 0 : last_error();
}

int GpioChip::set(bool on) {
  if (handles_->request == nullptr) return ENODEV;
  return gpiod_line_request_set_value(handles_->request, handles_->offset, value_of(on)) == 0 ? 0
                                                                                              : last_error();
}

#else

namespace {

int flags_of(const GpioRequest& request) {
  int flags = 0;
  if (request.active_low) flags |= GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW;
  if (request.drive == GpioDrive::kOpenDrain) flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN;
  if (request.drive == GpioDrive::kOpenSource) flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_SOURCE;
  return flags;
}

}  // namespace

struct GpioChip::Handles {
  explicit Handles(gpiod_chip* opened) : chip(opened) {}
  Handles(const Handles&) = delete;
  Handles& operator=(const Handles&) = delete;
  ~Handles() { gpiod_chip_close(chip); }  // releases the line too, which belongs to it

  bool good() const { return true; }

  gpiod_chip* chip;
  gpiod_line* line = nullptr;
};

std::string GpioChip::name() const { return text_of(gpiod_chip_name(handles_->chip)); }
std::string GpioChip::label() const { return text_of(gpiod_chip_label(handles_->chip)); }
unsigned GpioChip::size() const { return gpiod_chip_num_lines(handles_->chip); }

std::string GpioChip::line_name(unsigned offset) const {
  gpiod_line* line = gpiod_chip_get_line(handles_->chip, offset);
  return line != nullptr ? text_of(gpiod_line_name(line)) : std::string();
}

// The library keeps what it has once been told of a line.
std::string GpioChip::consumer(unsigned offset) const {
  gpiod_line* line = gpiod_chip_get_line(handles_->chip, offset);
  if (line == nullptr || gpiod_line_update(line) != 0) return {};
  return text_of(gpiod_line_consumer(line));
}

int GpioChip::take(unsigned offset, const GpioRequest& request) {
  gpiod_line* line = gpiod_chip_get_line(handles_->chip, offset);
  if (line == nullptr) return last_error();
  const auto consumer = request.consumer.substr(0, kLongestConsumer);
  if (gpiod_line_request_output_flags(line, consumer.c_str(), flags_of(request), request.on ? 1 : 0) != 0)
    return last_error();
  handles_->line = line;
  return 0;
}

int GpioChip::set(bool on) {
  if (handles_->line == nullptr) return ENODEV;
  return gpiod_line_set_value(handles_->line, on ? 1 : 0) == 0 ? 0 : last_error();
}

#endif

GpioChip::GpioChip(std::unique_ptr<Handles> handles) : handles_(std::move(handles)) {}
GpioChip::~GpioChip() = default;

std::unique_ptr<GpioChip> GpioChip::open(const std::string& path) {
  errno = 0;
  gpiod_chip* chip = gpiod_chip_open(path.c_str());
  if (chip == nullptr) return nullptr;
  auto handles = std::make_unique<Handles>(chip);
  if (handles->good()) return std::unique_ptr<GpioChip>(new GpioChip(std::move(handles)));
  const int error = last_error();
  handles.reset();
  errno = error;
  return nullptr;
}

}  // namespace hearth::drivers
