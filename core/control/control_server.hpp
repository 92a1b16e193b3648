// ControlServer: the built-in plugin behind <runtime-dir>/control.sock, through which hearthctl works.
#ifndef HEARTH_CORE_CONTROL_CONTROL_SERVER_HPP
#define HEARTH_CORE_CONTROL_CONTROL_SERVER_HPP

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

#include "core/control/control_socket.hpp"
#include "core/control/loop_gate.hpp"
#include "core/control/message_printer.hpp"
#include "core/control/services.hpp"
#include "core/control/session.hpp"
#include "core/log/log.hpp"
#include "hearth/plugin.hpp"

namespace hearth::core {

// JSON-RPC 2.0, one object a line. Its own methods, the rest is passed on to Services:
//   version {}                               -> {version, abi}
//   log.get {since?, max?, level?, plugin?}  -> {entries, last_seq}
//   log.follow {level?, plugin?}             -> {}, then log.entry, log.dropped {count}
//   bus.follow {type?}                       -> {}, then bus.message, bus.retained_done, bus.dropped
//   verb.call {word, verb, args, files?}     -> {text, json}, before that verb.progress {id, text}
//     files: the places in args whose files are handed over, as descriptors (SCM_RIGHTS) beside the line's
//     bytes, in that order: regular files, open for reading only.
// An error's data.code is the name of an ErrorCode. It expects the extensions kServicesExtension and
// kRequestFilesExtension, and a host that gives it every type of message for type 0.
class ControlServer : public Plugin {
 public:
  static constexpr std::size_t kMaxClients = 64;

  explicit ControlServer(Context& context);
  ~ControlServer() override;

  void start() override;
  void stop() override;

 private:
  void listen();
  void accept();
  void admit(UniqueFd fd);
  void log_changed();

  Services& services_;
  RequestFiles& files_;
  const std::shared_ptr<LoopGate> gate_;
  MessagePrinter printer_;
  ListeningSocket socket_;
  Handle watch_;
  Handle pause_;  // no accepting while the descriptors have run out
  Handle progress_;
  std::uint64_t last_client_ = 0;
  std::map<std::uint64_t, std::shared_ptr<Session>> clients_;
  // Shared with the log's listener, which runs on any thread: a wake-up is on its way.
  std::shared_ptr<std::atomic<bool>> log_woken_;
  LogListener log_listener_;
};

}  // namespace hearth::core

#endif
