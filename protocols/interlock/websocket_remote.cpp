// The plain transport: WebSocket.
#include <utility>

#include "hearth/net/json.hpp"
#include "hearth/net/websocket_handshake.hpp"
#include "remote.hpp"

namespace hearth::interlock {

namespace {

constexpr net::WebSocketOptions kOptions{.max_message = kMostFrame,
                                         .ping_interval = std::chrono::seconds(30),
                                         .pong_timeout = std::chrono::seconds(20)};

class WebSocketRemote final : public Remote {
 public:
  WebSocketRemote(net::Io& io, const ServerAddress& server, const std::string& token, RemoteHooks hooks)
      : hooks_(std::move(hooks)) {
    net::WebSocketRequest request;
    request.target = "/?token=" + net::percent_encode(token);
    request.options = kOptions;
    attempt_ = net::connect_websocket(
        io, server.http(), std::move(request),
        [this](auto result, const net::HttpAnswer* refusal) { opened(std::move(result), refusal); });
  }

  ~WebSocketRemote() override {
    if (socket_) socket_->close(net::WebSocketCode::kGoingAway);
  }
  WebSocketRemote(const WebSocketRemote&) = delete;
  WebSocketRemote& operator=(const WebSocketRemote&) = delete;

  void push(const boost::json::object& message) override {
    if (socket_) socket_->send_text(net::json::to_text(message));
  }
  std::size_t queued() const override { return socket_ ? socket_->queued() : 0; }

 private:
  void opened(Result<std::shared_ptr<net::WebSocket>> result, const net::HttpAnswer* refusal) {
    if (!result.ok()) return end(refusal && refuses_token(*refusal), result.error().words);
    socket_ = *std::move(result);
    socket_->on_message([this](std::string_view data, bool binary) { heard(data, binary); });
    socket_->on_close([this](std::uint16_t code, std::string_view reason) {
      end(code == net::WebSocketCode::kPolicy && reason == kInvalidToken,
          concat("the connection has ended: ", code, reason.empty() ? "" : " ", reason));
    });
    const auto connected = std::move(hooks_.connected);
    connected();
  }

  void heard(std::string_view data, bool binary) {
    auto answer = [weak = std::weak_ptr(socket_)](const boost::json::object& object) {
      if (const auto socket = weak.lock()) socket->send_text(net::json::to_text(object));
    };
    if (binary) return hooks_.request(Error{ErrorCode::kInvalid, "binary frames mean nothing here"}, answer);
    hooks_.request(net::json::parse(data), answer);
  }

  // Nothing of this object may be touched after the call.
  void end(bool token_refused, std::string_view why) {
    const std::string words(why);
    const auto ended = std::move(hooks_.ended);
    ended(token_refused, words);
  }

  RemoteHooks hooks_;
  net::Attempt attempt_;
  std::shared_ptr<net::WebSocket> socket_;
};

}  // namespace

std::unique_ptr<Remote> connect_websocket(net::Io& io, const ServerAddress& server, const std::string& token,
                                          RemoteHooks hooks) {
  return std::make_unique<WebSocketRemote>(io, server, token, std::move(hooks));
}

}  // namespace hearth::interlock
