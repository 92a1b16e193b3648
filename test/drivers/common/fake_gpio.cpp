// The kernel's side of chips that aren't there.
#include "test/drivers/common/fake_gpio.hpp"

#include <stdlib.h>

#include <cerrno>
#include <fstream>
#include <stdexcept>

namespace hearth::test {
namespace {

namespace fs = std::filesystem;

FakeGpio* the_current = nullptr;

fs::path new_folder() {
  std::string name = (fs::temp_directory_path() / "hearth-gpio-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  return name;
}

std::string name_of(int number) { return "gpiochip" + std::to_string(number); }

}  // namespace

FakeGpio::FakeGpio() : folder_(new_folder()) { the_current = this; }
FakeGpio::~FakeGpio() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  the_current = nullptr;
}
FakeGpio* FakeGpio::current() { return the_current; }

FakeChip& FakeGpio::plug(int number, const std::string& label, const std::vector<std::string>& line_names) {
  auto chip = std::make_shared<FakeChip>();
  chip->name = name_of(number);
  chip->label = label;
  for (const auto& name : line_names) chip->lines.emplace_back().name = name;
  chips_[number] = chip;
  std::ofstream(folder_ / chip->name).flush();
  return *chip;
}

void FakeGpio::unplug(int number) {
  chip(number).plugged = false;
  chips_.erase(number);
  denied_.erase(number);
  fs::remove(folder_ / name_of(number));
}

// The tests may run as root, whom no mode keeps out: a link to nowhere does.
void FakeGpio::deny(int number, bool by_rights) {
  denied_[number] = true;
  if (!by_rights) return;
  fs::remove(folder_ / name_of(number));
  fs::create_symlink("/nowhere/at/all", folder_ / name_of(number));
}

void FakeGpio::allow(int number) {
  denied_.erase(number);
  fs::remove(folder_ / name_of(number));
  std::ofstream(folder_ / name_of(number)).flush();
}

int FakeGpio::open(const std::string& path, std::shared_ptr<FakeChip>& found) {
  for (const auto& [number, chip] : chips_) {
    if (fs::path(path).filename() != chip->name) continue;
    if (denied_.contains(number)) return EACCES;
    found = chip;
    ++open_chips;
    return 0;
  }
  return fs::exists(path) ? ENOTTY : ENOENT;
}

int FakeGpio::take(FakeChip& chip, unsigned offset, const std::string& consumer, bool active_low,
                   const std::string& drive, bool on) {
  if (!chip.plugged) return ENODEV;
  if (offset >= chip.lines.size()) return EINVAL;
  auto& line = chip.lines[offset];
  if (line.held) return EBUSY;
  if (line.input_only) return EINVAL;
  line.held = true;
  line.consumer = consumer;
  line.active_low = active_low;
  line.drive = drive;
  line.sets = 0;
  put(line, on);
  return 0;
}

int FakeGpio::set(FakeChip& chip, unsigned offset, bool on) {
  if (!chip.plugged) return ENODEV;
  auto& line = chip.lines.at(offset);
  ++line.sets;
  put(line, on);
  return 0;
}

void FakeGpio::release(FakeChip& chip, unsigned offset) {
  chip.lines.at(offset).held = false;
  chip.lines.at(offset).consumer.clear();
}

void FakeGpio::put(FakeLine& line, bool on) {
  const bool high = on != line.active_low;
  if (high != line.high) line.edges.emplace_back(clock(), high);
  line.high = high;
}

}  // namespace hearth::test
