// Access: what a connection may do, by the token that it has sent and the page that it comes from.
#ifndef HEARTH_MONITOR_ACCESS_HPP
#define HEARTH_MONITOR_ACCESS_HPP

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::monitor {

// Of one connection, for as long as it lasts.
struct Rights {
  bool query = true;    // be a user
  bool con = true;      // be a monitor
  bool command = true;  // the house itself
};

class Access {
 public:
  // Empty tokens ask for nothing. `pages`: may web pages command the house? Those that may not connect at all
  // have been refused before.
  Access(std::string user_token, std::string monitor_token, bool pages)
      : user_(std::move(user_token)), monitor_(std::move(monitor_token)), pages_(pages) {}

  // kDenied, with the words for the client, if it may do nothing. `origin`: the page; empty: no browser.
  Result<Rights> judge(const boost::json::object& auth, std::string_view origin) const;

 private:
  const std::string user_, monitor_;
  const bool pages_;
};

}  // namespace hearth::monitor

#endif
