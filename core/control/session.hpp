// Session: what one client of the control socket has asked for, and is still owed.
#ifndef HEARTH_CORE_CONTROL_SESSION_HPP
#define HEARTH_CORE_CONTROL_SESSION_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/control/bus_follower.hpp"
#include "core/control/connection.hpp"
#include "core/control/log_methods.hpp"
#include "core/control/loop_gate.hpp"
#include "core/control/message_printer.hpp"
#include "core/control/rpc.hpp"
#include "core/control/services.hpp"
#include "core/runtime/request_files.hpp"
#include "hearth/context.hpp"

namespace hearth::core {

// Everything: [loop].
class Session : public std::enable_shared_from_this<Session> {
 public:
  static constexpr std::size_t kMaxOpenCalls = 64;
  static constexpr std::size_t kMaxOpenFiles = 16;  // of its open calls
  static constexpr std::chrono::minutes kVerbDeadline{10};

  // `ended` is called once, when the client is gone. The session may be in use just then: drop it later, from
  // a posted function.
  Session(Context& ctx, std::shared_ptr<LoopGate> gate, Services& services, RequestFiles& files,
          MessagePrinter& printer, std::function<void()> ended);

  Status start(UniqueFd fd);
  void close() { connection_->close(); }

  // The log has new entries.
  void log_changed();
  // A line of a verb that is at work; ignored unless this session has called it.
  void progress(std::uint64_t verb_call, const std::string& text);

 private:
  struct Verb {
    RpcId id;
    Handle request;
    RequestFiles::Lease files;
  };

  void receive(const std::string& line);
  void run(const RpcRequest& request);
  void pass_on(const RpcRequest& request);
  void call_verb(const RpcRequest& request, RequestFiles::List files);
  void ask(const VerbCall& call, const RpcId& id, RequestFiles::List files);
  Result<RequestFiles::List> files_of(const RpcRequest& request);
  std::size_t open_files() const;
  void learn_schemas();
  void follow_bus(const RpcRequest& request);
  void follow_log(const RpcRequest& request);
  void verb_done(std::uint64_t verb_call, const Result<VerbResult>& result);

  void answer(const RpcId& id, const Result<std::string>& result_json);
  void refuse(const RpcError& error);
  void room();
  void leave_if_done();
  std::size_t open_calls() const { return passed_on_ + verbs_.size(); }

  Context& ctx_;
  const std::shared_ptr<LoopGate> gate_;
  Services& services_;
  RequestFiles& files_;
  MessagePrinter& printer_;
  const std::function<void()> ended_;
  std::shared_ptr<Connection> connection_;
  std::size_t passed_on_ = 0;            // calls that home has not answered yet
  std::map<std::uint64_t, Verb> verbs_;  // by the VerbCall's message id
  std::unique_ptr<BusFollower> bus_;
  std::unique_ptr<LogFollower> log_;
  bool half_closed_ = false;
};

}  // namespace hearth::core

#endif
