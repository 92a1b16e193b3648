// Memory: which device was found at which address; kept, so that it has its own id from the start on.
#ifndef HEARTH_DRIVERS_TPLINK_MEMORY_HPP
#define HEARTH_DRIVERS_TPLINK_MEMORY_HPP

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "reply.hpp"

namespace tplink {

class Memory {
 public:
  static constexpr std::size_t kMostBytes = 60 * 1024;  // what the server keeps for a plugin is 64 KiB

  // From what bytes() made; empty if they aren't that.
  static Memory read(const std::vector<std::uint8_t>& bytes);
  // At most kMostBytes; devices that don't fit are left out, the last addresses first.
  std::vector<std::uint8_t> bytes() const;

  // The device that was last found at `address` (Address::text); null if none was. Only what stays the same
  // is known of it.
  const Info* find(const std::string& address) const;
  // True if that is news.
  bool learn(const std::string& address, const Info& info);
  bool forget(const std::string& address) { return devices_.erase(address) != 0; }

 private:
  std::map<std::string, Info> devices_;
};

}  // namespace tplink

#endif
