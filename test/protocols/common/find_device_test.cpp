// The device that is meant.
#include "protocols/common/find_device.hpp"

#include <catch2/catch.hpp>

using namespace hearth;
using protocols::find_device;

namespace {

struct Setup {
  protocols::DeviceMap devices;
  void has(const std::string& id, const std::string& name) {
    auto& device = devices[id];
    device.device = id;
    device.name = name;
  }
  // Its id, or the words of the refusal.
  std::string find(std::string_view word, std::string_view except = {}) {
    const auto device = find_device(word, devices, except);
    if (!device.ok()) CHECK(device.error().code == ErrorCode::kInvalid);
    return device.ok() ? (*device)->device : device.error().words;
  }
};

}  // namespace

TEST_CASE("a device is found by its id or by its name as it is written") {
  Setup house;
  house.has("sim:a", "Lamp");
  house.has("sim:b", "Küche");
  CHECK(house.find("sim:a") == "sim:a");
  CHECK(house.find("Lamp") == "sim:a");
  CHECK(house.find("Küche") == "sim:b");
  for (const auto* word : {"lamp", "SIM:a", "Lam", "a"})
    CHECK(house.find(word) == "there is no device called " + std::string(word));
}

TEST_CASE("an id comes before a name") {
  Setup house;
  house.has("sim:a", "sim:b");
  house.has("sim:b", "Lamp");
  CHECK(house.find("sim:b") == "sim:b");
}

TEST_CASE("a missing name is nobody's") {
  Setup house;
  house.has("sim:a", "");
  CHECK(house.find("") == "there is no device called ");
}

TEST_CASE("of several with a name the ids are told, of eight at most") {
  Setup house;
  for (char last = 'a'; last <= 'h'; ++last) house.has(std::string("sim:") + last, "Lamp");
  CHECK(house.find("Lamp") ==
        "8 devices are called Lamp: sim:a, sim:b, sim:c, sim:d, sim:e, sim:f, sim:g, sim:h");
  house.has("sim:i", "Lamp");
  CHECK(house.find("Lamp") ==
        "9 devices are called Lamp: sim:a, sim:b, sim:c, sim:d, sim:e, sim:f, sim:g, sim:h, ...");
}

TEST_CASE("the devices of the plugin that is excepted don't count, by id or by name") {
  Setup house;
  house.has("relay:a", "a");
  house.has("relay:b", "Lamp");
  house.has("sim:c", "Lamp");
  house.has("relays:d", "d");
  house.has("sim:e", "relay:a");
  CHECK(house.find("a", "relay") == "there is no device called a");
  CHECK(house.find("relay:a", "relay") == "sim:e");
  CHECK(house.find("relay:b", "relay") == "there is no device called relay:b");
  CHECK(house.find("Lamp", "relay") == "sim:c");
  CHECK(house.find("d", "relay") == "relays:d");
  CHECK(house.find("a") == "relay:a");
  CHECK(house.find("Lamp") == "2 devices are called Lamp: relay:b, sim:c");
}

TEST_CASE("long words are cut where they are repeated") {
  Setup house;
  CHECK(house.find(std::string(79, 'x') + "é") == "there is no device called " + std::string(79, 'x'));
}
