// Interlock: the plugin: the life cycle of its connection, what it needs of the world, and the status page.
#ifndef HEARTH_INTERLOCK_INTERLOCK_HPP
#define HEARTH_INTERLOCK_INTERLOCK_HPP

#include <memory>
#include <optional>
#include <string>

#include "hearth/protocol.hpp"
#include "identity.hpp"
#include "lifecycle.hpp"
#include "linking.hpp"
#include "machine.hpp"
#include "requests.hpp"
#include "state_push.hpp"
#include "status_page.hpp"

namespace hearth::interlock {

// Without a server in the configuration it does nothing at all.
class Interlock : public Protocol, private World {
 public:
  explicit Interlock(Context& context);
  void start() override;
  void stop() override;

 private:
  // World
  Attempt test(Test test, std::function<void(const Status&)> done) override;
  Attempt link(std::function<void(Linked)> done) override;
  std::unique_ptr<Remote> connect(const std::string& token, RemoteHooks hooks) override;
  Attempt after(Microseconds delay, std::function<void()> fire) override;
  Microseconds steady() override { return ctx.loop.steady(); }
  double random() override;
  Attempt keep(const std::string& token, std::function<void()> done) override;
  void request(Result<boost::json::value> request, Answer answer) override;
  void connected(Remote* remote) override;
  void tell(std::string_view words, bool is_trouble) override;

  RequestHooks request_hooks();
  Status take_message(const std::string& kind, const std::string& text);
  Patience patience() const;
  void find_servers();
  void know_oneself();
  net::HttpServerOptions page_options() const;
  void open_page(bool first);

  net::Io io_;
  House house_;
  Board board_;
  Machine machine_;
  Requests requests_;
  const bool pushes_;
  StatePush push_;
  std::string server_;  // "https://host:8443": no path, no secret
  ServerAddress remote_, internet_;
  const IdentityFiles files_;
  Identity identity_;
  MachineData machine_data_;
  std::string token_;  // so that it stays out of the log
  std::unique_ptr<StatusPage> page_;
  Handle page_retry_;
  std::optional<Lifecycle> lifecycle_;
};

}  // namespace hearth::interlock

#endif
