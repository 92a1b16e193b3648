// Peer: a connection to the flow without a network: what is said to it, and what it says.
#ifndef HEARTH_TEST_SOCKETIO_PEER_HPP
#define HEARTH_TEST_SOCKETIO_PEER_HPP

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/socketio/flow.hpp"

namespace hearth::test {

// A flow whose house is `house`, and what it has told about monitors.
class Server {
 public:
  explicit Server(std::size_t id_length = 0, bool pages = false);

  std::vector<std::string> told;      // "came m", "went m", "evicted m"
  std::vector<std::string> at_house;  // texts
  std::vector<monitor::FlowHooks::Answer> answers;
  Microseconds now{0};
  monitor::Flow flow;
};

class Peer final : private socketio::Link {
 public:
  explicit Peer(Server& server, monitor::Rights rights = {}, std::string origin = {});
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  // `["event",{...}]`, with an ack's id in front if one is wanted.
  void says(std::string_view event);
  void query(std::string_view id) { says(R"(["query",{"monitor_id":")" + std::string(id) + R"("}])"); }
  void con(std::string_view id) { says(R"(["con",{"monitor_id":")" + std::string(id) + R"("}])"); }
  void send(std::string_view text) { says(R"(["command send",{"command":")" + std::string(text) + R"("}])"); }
  void done() { says(R"(["command done",{}])"); }
  // The page that a later request has named.
  void is_on(std::string origin) { origin_ = std::move(origin); }
  // So many bytes wait for it.
  void lags(std::size_t bytes) { queued_ = bytes; }
  // The connection is lost.
  void goes();
  // It answers the ping that was sent to it, or doesn't.
  void proves(bool alive);

  // Everything it has heard since the last call: `["event",{...}]`, "ack 7[]", "closed".
  std::vector<std::string> heard();
  bool is_open() const { return socket_->is_open(); }
  std::size_t probes() const { return probes_.size(); }
  // Its next message is one too many: the connection ends while it is being sent.
  void breaks_when_spoken_to() { breaks_ = true; }

 private:
  void send(std::string_view packet, const socketio::Attachments&, net::Haste) override;
  void left(socketio::Socket&, bool whole) override;
  void probe(Microseconds, std::function<void(bool)> done) override { probes_.push_back(std::move(done)); }
  const Loop& loop() const override { return loop_; }
  const net::Ip& peer() const override { return ip_; }
  const std::string& origin() const override { return origin_; }
  std::size_t queued() const override { return queued_; }

  const Loop loop_{nullptr};
  const net::Ip ip_{};
  std::string origin_;
  std::size_t queued_ = 0;
  bool breaks_ = false;
  std::vector<std::string> heard_;
  std::vector<std::function<void(bool)>> probes_;
  std::shared_ptr<socketio::Socket> socket_;
};

using Heard = std::vector<std::string>;

}  // namespace hearth::test

#endif
