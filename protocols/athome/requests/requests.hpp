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
Status get_sun_data(Call& call);

// devices.cpp
Status query_devices(Call& call);
Status define_device(Call& call);
Status update_device(Call& call);
Status delete_device(Call& call);

// discovery.cpp
Status query_available_devices(Call& call);
Status discover_devices(Call& call);

// switching.cpp
Status switch_on(Call& call);
Status switch_off(Call& call);
Status dim(Call& call);
Status brighten(Call& call);
Status on_off_status(Call& call);

// switching_many.cpp
Status all_devices_on(Call& call);
Status all_devices_off(Call& call);
Status group_on(Call& call);
Status group_off(Call& call);

// groups.cpp
Status define_group(Call& call);
Status update_group(Call& call);
Status delete_group(Call& call);
Status query_groups(Call& call);
Status query_group(Call& call);
Status query_group_devices(Call& call);
Status query_available_group_devices(Call& call);
Status assign_device(Call& call);
Status delete_group_device(Call& call);

// programs.cpp
Status define_program(Call& call);
Status update_program(Call& call);
Status delete_program(Call& call);

// program_queries.cpp
Status query_programs(Call& call);
Status query_device_program(Call& call);
Status query_device_programs(Call& call);
Status query_available_programs(Call& call);

// assignments.cpp
Status assign_program(Call& call);
Status assign_program_to_group(Call& call);
Status delete_device_program(Call& call);

}  // namespace hearth::athome

#endif
