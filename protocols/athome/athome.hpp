// AtHome: the plugin: a listener, a mirror of the house, and the services that its sessions share.
#ifndef HEARTH_ATHOME_ATHOME_HPP
#define HEARTH_ATHOME_ATHOME_HPP

#include <memory>
#include <set>
#include <string>

#include "call.hpp"
#include "hearth/net/listener.hpp"
#include "hearth/protocol.hpp"
#include "import/import.hpp"

namespace hearth::athome {

class AtHome : public Protocol {
 public:
  explicit AtHome(Context& context);
  void start() override;
  void stop() override;

 private:
  Services make_services();
  Handle save_presets(std::function<void(Status)> done);

  net::Io io_;
  House house_;
  Presets presets_;
  DeviceList devices_;
  Responses responses_;
  std::set<std::string, std::less<>> drivers_;  // plugin ids, running or not
  Services services_;
  Import import_;
  Handle plugins_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace hearth::athome

#endif
