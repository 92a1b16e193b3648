// Access: what a connection may do, by the token that it has sent.
#ifndef HEARTH_MONITOR_ACCESS_HPP
#define HEARTH_MONITOR_ACCESS_HPP

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::monitor {

// Of one connection, for as long as it lasts. What a web page may do besides is the flow's to judge, because
// a later request may tell which page it is.
struct Rights {
  bool query = true;  // be a user
  bool con = true;    // be a monitor
};

class Access {
 public:
  // Empty tokens ask for nothing.
  Access(std::string user_token, std::string monitor_token)
      : user_(std::move(user_token)), monitor_(std::move(monitor_token)) {}

  // kDenied, with the words for the client, if it may do nothing.
  Result<Rights> judge(const boost::json::object& auth) const;

 private:
  const std::string user_, monitor_;
};

}  // namespace hearth::monitor

#endif
