// The functions of libgpiod 1.6 that are used here, over FakeGpio instead of the kernel.
#include <gpiod.h>

#include <cerrno>
#include <map>
#include <memory>

#include "test/drivers/common/fake_gpio.hpp"

using hearth::test::FakeChip;
using hearth::test::FakeGpio;

struct gpiod_line {
  gpiod_chip* chip = nullptr;
  unsigned offset = 0;
  bool requested = false;
  std::string name, consumer;  // as of the last update
};

struct gpiod_chip {
  std::shared_ptr<FakeChip> fake;
  std::map<unsigned, gpiod_line> lines;
};

namespace {

int outcome(int error) {
  if (error == 0) return 0;
  errno = error;
  return -1;
}

}  // namespace

gpiod_chip* gpiod_chip_open(const char* path) {
  auto chip = std::make_unique<gpiod_chip>();
  if (outcome(FakeGpio::current()->open(path, chip->fake)) != 0) return nullptr;
  return chip.release();
}

void gpiod_chip_close(gpiod_chip* chip) {
  const std::unique_ptr<gpiod_chip> last(chip);
  for (auto& [offset, line] : chip->lines)
    if (line.requested) FakeGpio::current()->release(*chip->fake, offset);
  --FakeGpio::current()->open_chips;
}

const char* gpiod_chip_name(gpiod_chip* chip) { return chip->fake->name.c_str(); }
const char* gpiod_chip_label(gpiod_chip* chip) { return chip->fake->label.c_str(); }
unsigned int gpiod_chip_num_lines(gpiod_chip* chip) {
  return static_cast<unsigned>(chip->fake->lines.size());
}

gpiod_line* gpiod_chip_get_line(gpiod_chip* chip, unsigned int offset) {
  if (offset >= chip->fake->lines.size()) {
    errno = EINVAL;
    return nullptr;
  }
  auto& line = chip->lines[offset];
  line.chip = chip;
  line.offset = offset;
  return gpiod_line_update(&line) == 0 ? &line : nullptr;
}

int gpiod_line_update(gpiod_line* line) {
  const auto& fake = *line->chip->fake;
  if (!fake.plugged) return outcome(ENODEV);
  line->name = fake.lines[line->offset].name;
  line->consumer = fake.lines[line->offset].consumer;
  return 0;
}

const char* gpiod_line_name(gpiod_line* line) { return line->name.empty() ? nullptr : line->name.c_str(); }
const char* gpiod_line_consumer(gpiod_line* line) {
  return line->consumer.empty() ? nullptr : line->consumer.c_str();
}

int gpiod_line_request_output_flags(gpiod_line* line, const char* consumer, int flags, int default_val) {
  const auto has = [&](int flag) { return (flags & flag) != 0; };
  const auto* drive = has(GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN)    ? "open_drain"
                      : has(GPIOD_LINE_REQUEST_FLAG_OPEN_SOURCE) ? "open_source"
                                                                 : "push_pull";
  const int error =
      FakeGpio::current()->take(*line->chip->fake, line->offset, consumer,
                                has(GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW), drive, default_val != 0);
  line->requested = error == 0;
  return outcome(error);
}

int gpiod_line_set_value(gpiod_line* line, int value) {
  if (!line->requested) return outcome(EPERM);
  return outcome(FakeGpio::current()->set(*line->chip->fake, line->offset, value != 0));
}
