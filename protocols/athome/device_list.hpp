// DeviceList: the devices of the house as QueryDevices shows them, kept ready as text.
#ifndef HEARTH_ATHOME_DEVICE_LIST_HPP
#define HEARTH_ATHOME_DEVICE_LIST_HPP

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "hearth/house.hpp"
#include "local_time.hpp"
#include "presets.hpp"

namespace hearth::athome {

// As clients know it: where its driver finds it or, if that isn't told, its own id.
std::string_view address_of(const House::Device& device);

// A change only marks; text is made when somebody asks. So states that nobody looks at cost a look-up, and
// queries without a change in between cost a copy. [loop]
class DeviceList {
 public:
  DeviceList(const House& house, const Presets& presets) : house_(house), presets_(presets) {}

  // To be called after each change of a device of the house or of its preset. Removals are found out when
  // asked.
  void changed(const House::Device& device);

  // The JSON array of all, ordered by location and name, byte by byte. Valid until the next call.
  std::string_view all();
  // The JSON object of one. Valid until the next call.
  std::string_view one(const House::Device& device);
  // The same without what it is and shows now, and without the closing brace: as lists of a group begin it.
  std::string_view definition(const House::Device& device);

 private:
  struct Entry {
    std::string location, name, json;
    std::size_t definition = 0;  // bytes of it
    bool stale = true;
  };

  void refresh();
  void prune();
  void write(Entry& entry, const House::Device& device);

  const House& house_;
  const Presets& presets_;
  std::map<std::string, Entry, std::less<>>
      entries_;  // by device id; those that changed are stale, removed ones still here
  std::string all_;
  bool stale_ = true;
  LocalTime time_;
};

}  // namespace hearth::athome

#endif
