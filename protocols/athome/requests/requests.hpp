// The table of requests: a name, and one small function for each.
#ifndef HEARTH_ATHOME_REQUESTS_REQUESTS_HPP
#define HEARTH_ATHOME_REQUESTS_REQUESTS_HPP

#include <string_view>

#include "../call.hpp"

namespace hearth::athome {

// A request's function returns success once it has answered or arranged for it, or the error to answer with.
struct Request {
  std::string_view name;  // lower case
  std::string_view echo;  // what the answer calls it; empty: as the client wrote it
  bool needs_args;
  Status (*run)(Call&);
};

// Case doesn't matter; null if there is none.
const Request* find_request(std::string_view name);

// status.cpp
Status status_request(Call& call);
Status get_time(Call& call);

// devices.cpp
Status query_devices(Call& call);
Status define_device(Call& call);

// switching.cpp
Status switch_on(Call& call);
Status switch_off(Call& call);

}  // namespace hearth::athome

#endif
