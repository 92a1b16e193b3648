// Server: the rooms of core in the order in which they are built up and taken down.
#ifndef HEARTH_CORE_APP_SERVER_HPP
#define HEARTH_CORE_APP_SERVER_HPP

#include <memory>
#include <mutex>
#include <string>

#include "core/app/options.hpp"
#include "core/app/signals.hpp"
#include "core/app/start_record.hpp"
#include "core/config/configuration.hpp"
#include "core/config/time_zone.hpp"
#include "core/control/services.hpp"
#include "core/home/home.hpp"
#include "core/home/methods.hpp"
#include "core/host/host.hpp"
#include "core/log/log.hpp"
#include "core/runtime/event_loop.hpp"
#include "core/store/store.hpp"

namespace hearth::core {

// Runs on the thread that calls run(), which is home's.
class Server : private Services {
 public:
  explicit Server(Options options);
  ~Server() override;

  // Until a signal ends it. The exit status; when a plugin couldn't be stopped it doesn't return but ends the
  // process.
  int run();

  // --check: prints what is wrong. The exit status.
  static int check(const Options& options);

 private:
  void call(const std::string& method, Poco::JSON::Object::Ptr params, Done done) override;
  Log& log() override { return log_; }
  std::vector<std::vector<std::uint8_t>> message_schemas() override;
  std::filesystem::path socket_path() override { return options_.runtime_dir / "control.sock"; }

  Status prepare();
  Status make_folders();
  void start();
  void ready();
  void on_signal(int number);
  void reload();
  void stop();
  void place_home();
  void up_long_enough();
  bool end_safe_mode();
  Poco::JSON::Object::Ptr status() const;

  const Options options_;
  const std::int64_t began_us_;
  const config::ZoneFiles zones_;
  std::int64_t ready_us_ = 0;
  Signals signals_;
  Log log_;
  StartRecord starts_;
  config::Configuration configuration_;
  EventLoop loop_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Home> home_;
  std::unique_ptr<PluginHost> host_;
  Methods methods_;
  std::mutex schemas_mutex_;  // the control server asks from its own thread
  std::vector<std::vector<std::uint8_t>> schemas_;
  bool safe_mode_ = false;  // the last starts ended badly: local plugins are held back
  bool stopping_ = false;
  bool pinned_ = false;
};

}  // namespace hearth::core

#endif
