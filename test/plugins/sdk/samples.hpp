// One message of each type, with every field set to something else than its default.
#ifndef HEARTH_TEST_PLUGINS_SDK_SAMPLES_HPP
#define HEARTH_TEST_PLUGINS_SDK_SAMPLES_HPP

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "hearth/codec.hpp"

namespace hearth::test {

using Fields = std::set<std::string>;

// `use(message, names of its table's fields)` for each type of the house.
template <class Use>
void for_each_sample(Use use) {
  const Capability capability = Capability("acme.hum", ValueType::kNumber, "dB", true).range(1, 90);
  use(
      DeviceDeclared{
          "d:1", 7, "Lamp", "Hall", "192.0.2.7:9999", 3, "bulb", {capability}, false, "no answer", "d:0"},
      {"device", "number", "name", "location", "address", "channel", "kind", "capabilities", "reachable",
       "reason", "replaces"});
  use(DeviceRemoved{"d:1"}, {"device"});
  use(DeviceReachable{"d:1", true, "back"}, {"device", "reachable", "reason"});
  use(DeviceWanted{"d", "192.0.2.7", 2, "Lamp", "Hall", 7, true},
      {"driver", "address", "channel", "name", "location", "number", "only_if_found"});
  use(DeviceUnwanted{"d:1"}, {"device"});
  use(DevicesSought{"d", true}, {"driver", "bring_back"});
  use(DevicesFound{{{"d:1", "Lamp", "192.0.2.7", "bulb", "M1", 2}}, {"e: no answer"}},
      {"devices", "failures"});
  use(DeviceTaken{"d:1", 7}, {"device", "number"});
  use(Command{"d:1", "on_off", true, 5000}, {"device", "capability", "value_type", "value", "deadline_ms"});
  use(CommandDone{"d:1", "on_off", Outcome::kBusy, "later"}, {"device", "capability", "outcome", "words"});
  use(StateChanged{"d:1", "power", 2.5}, {"device", "capability", "value_type", "value"});
  use(StatusChanged{"update", StatusClass::kWarning, 4, "soon"}, {"subject", "class", "code", "words"});
  use(GroupDefined{2, "Hall", {"d:1", "d:2"}}, {"number", "name", "devices"});
  use(GroupRemoved{2}, {"number"});
  use(GroupWanted{2, "Hall", {"d:1"}, true}, {"number", "name", "devices", "keep_devices"});
  use(GroupUnwanted{2}, {"number"});
  use(GroupMember{2, "d:1", false}, {"number", "device", "member"});
  const Program program{"Dusk", "MTWTF--", ProgramTrigger::kSunset, 64'800, -10,
                        true,   5,         ProgramCommand::kDim,    40,     "#ff8800"};
  use(ProgramDefined{3, program, {"d:1"}, 1'700'000'000'000'000},
      {"number", "program", "devices", "updated_us"});
  use(ProgramRemoved{3}, {"number"});
  use(ProgramWanted{3, program, {"d:1"}, true}, {"number", "program", "devices", "only_these"});
  use(ProgramUnwanted{3}, {"number"});
  use(ProgramAssignment{3, {"d:1"}, false}, {"number", "devices", "assigned"});
  use(ProgramAssigned{3, 1, 2}, {"number", "changed", "unchanged"});
  use(ProgramFired{3, "Dusk", 1'700'000'000'000'000}, {"number", "name", "due_us"});
  use(SunWanted{"2026-06-21"}, {"date"});
  use(SunTimes{1, 2, Polar::kDay}, {"sunrise_us", "sunset_us", "polar"});
  use(HouseImport{{{1, "d", "192.0.2.7", 2, "Lamp", "Hall"}}, {{2, "Hall", {0}}}, {{3, program, {0}}}},
      {"devices", "groups", "programs"});
  use(HouseImported{{1}, {2}, {3}}, {"devices", "groups", "programs"});
  use(StorePut{{1, 2, 3}}, {"data"});
  use(PluginState{"d", "1.0", "driver", "running", "well"}, {"plugin", "version", "kind", "state", "reason"});
  use(PluginNote{"d", "listen", "127.0.0.1:1"}, {"plugin", "key", "value"});
  use(Sync{}, {});
  use(VerbCall{"led", "blink", {"fast"}}, {"word", "verb", "args"});
  use(VerbProgress{"half"}, {"text"});
  use(VerbResult{"done", "{}"}, {"text", "json"});
}

template <class T>
std::vector<std::uint8_t> bytes_of(const T& message) {
  Builder builder;
  const auto bytes = encode(builder, message);
  return {bytes.data, bytes.data + bytes.size};
}

// Bytes at a place whose distance to an aligned one is the test's choice.
class Placed {
 public:
  explicit Placed(const std::vector<std::uint8_t>& bytes, std::size_t offset = 0)
      : words_((bytes.size() + offset) / 8 + 2), offset_(offset), size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), data());
  }
  std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(words_.data()) + offset_; }
  hearth_bytes bytes() { return {data(), size_}; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t offset_, size_;
};

}  // namespace hearth::test

#endif
