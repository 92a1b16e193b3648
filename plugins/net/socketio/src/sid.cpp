// Random bytes as text that may stand in a URL.
#include "sid.hpp"

#include <sys/random.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "hearth/net/base64.hpp"

namespace hearth::socketio {

std::string new_sid() {
  std::array<char, 15> bytes;  // no padding
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("no random bytes");
  auto sid = net::to_base64({bytes.data(), bytes.size()});
  std::ranges::replace(sid, '+', '-');
  std::ranges::replace(sid, '/', '_');
  return sid;
}

}  // namespace hearth::socketio
