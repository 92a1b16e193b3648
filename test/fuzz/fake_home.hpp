// FakeHome: a small house behind a FakeHost, which does what it is asked, refuses, or never answers.
#ifndef HEARTH_TEST_FUZZ_FAKE_HOME_HPP
#define HEARTH_TEST_FUZZ_FAKE_HOME_HPP

#include <map>
#include <string>
#include <vector>

#include "test/fuzz/fake_host.hpp"

namespace hearth::fuzz {

// Five devices: 1 a bulb that can do everything, 2 a plug, 3 one that can't be reached, 4 one that never
// answers, 5 with texts as hostile as home lets pass. A group (1) of 1 and 2, and a program (1) of device 1.
// Not everything that home would refuse is refused here.
class FakeHome {
 public:
  explicit FakeHome(FakeHost& host);
  FakeHome(const FakeHome&) = delete;
  FakeHome& operator=(const FakeHome&) = delete;

 private:
  void answer(std::uint64_t request, hearth_type type, hearth_bytes body);
  void tell(hearth_type type);
  void carry_out(std::uint64_t request, const Command& command);
  void take(std::uint64_t request, const DeviceWanted& wish);
  void change(std::uint64_t request, const GroupWanted& wish);
  void change(std::uint64_t request, const GroupMember& wish);
  void change(std::uint64_t request, const ProgramWanted& wish);
  void assign(std::uint64_t request, const ProgramAssignment& wish);
  void remove(std::uint64_t request, const DeviceUnwanted& wish);
  void furnish();

  FakeHost& host_;
  std::map<std::string, DeviceDeclared> devices_;
  std::map<std::uint32_t, GroupDefined> groups_;
  std::map<std::uint32_t, ProgramDefined> programs_;
  std::uint32_t last_number_ = 5;
};

}  // namespace hearth::fuzz

#endif
