// FakeGpio: GPIO chips that aren't there: what the kernel would keep of them, behind either libgpiod's
// functions.
#ifndef HEARTH_TEST_DRIVERS_FAKE_GPIO_HPP
#define HEARTH_TEST_DRIVERS_FAKE_GPIO_HPP

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hearth::test {

struct FakeLine {
  std::string name;
  std::string consumer;     // of whoever holds it
  bool held = false;        // by anybody
  bool input_only = false;  // no output: EINVAL
  bool active_low = false;
  std::string drive = "push_pull";
  bool high = false;
  int sets = 0;                                      // how often it was set since it was taken
  std::vector<std::pair<std::int64_t, bool>> edges;  // when it became high or low, by `clock`
};

struct FakeChip {
  std::string name, label;
  std::vector<FakeLine> lines;
  bool plugged = true;
};

// The chips of one test at a time; their files lie in a folder of its own.
class FakeGpio {
 public:
  FakeGpio();
  ~FakeGpio();
  FakeGpio(const FakeGpio&) = delete;
  FakeGpio& operator=(const FakeGpio&) = delete;
  static FakeGpio* current();

  // A chip appears as gpiochip<number>; its lines have these names ("" for none).
  FakeChip& plug(int number, const std::string& label, const std::vector<std::string>& line_names);
  // It goes; whoever has it open gets ENODEV from then on.
  void unplug(int number);
  // Its file may not be opened. `by_rights`: nor does the file's mode let us.
  void deny(int number, bool by_rights = true);
  void allow(int number);

  FakeChip& chip(int number) { return *chips_.at(number); }
  FakeLine& line(int number, unsigned offset) { return chip(number).lines.at(offset); }
  const std::filesystem::path& folder() const { return folder_; }

  std::function<std::int64_t()> clock = [] { return 0; };

  // ---- The kernel's side. 0, or an error number ----
  int open(const std::string& path, std::shared_ptr<FakeChip>& chip);
  int take(FakeChip& chip, unsigned offset, const std::string& consumer, bool active_low,
           const std::string& drive, bool on);
  int set(FakeChip& chip, unsigned offset, bool on);
  void release(FakeChip& chip, unsigned offset);
  int open_chips = 0;

 private:
  void put(FakeLine& line, bool on);

  std::filesystem::path folder_;
  std::map<int, std::shared_ptr<FakeChip>> chips_;
  std::map<int, bool> denied_;
};

}  // namespace hearth::test

#endif
