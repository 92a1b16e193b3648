// The original's transport: Socket.IO.
#include <utility>

#include "hearth/net/json.hpp"
#include "hearth/socketio/client.hpp"
#include "remote.hpp"

namespace hearth::interlock {

namespace {

class SocketIoRemote final : public Remote {
 public:
  SocketIoRemote(net::Io& io, const ServerAddress& server, const std::string& token, RemoteHooks hooks)
      : hooks_(std::move(hooks)) {
    socketio::ClientRequest request;
    request.query = "token=" + net::percent_encode(token);
    request.max_payload = kMostFrame;
    request.on_refusal = [this](const net::HttpAnswer& answer) { token_refused_ = refuses_token(answer); };
    attempt_ = socketio::connect(io, server.http(), std::move(request),
                                 [this](auto result) { opened(std::move(result)); });
  }

  ~SocketIoRemote() override {
    if (socket_) socket_->close();
  }
  SocketIoRemote(const SocketIoRemote&) = delete;
  SocketIoRemote& operator=(const SocketIoRemote&) = delete;

  void push(const boost::json::object& message) override {
    if (socket_) socket_->emit("request", {message});
  }
  std::size_t queued() const override { return socket_ ? socket_->queued() : 0; }

 private:
  void opened(Result<std::shared_ptr<socketio::Socket>> result) {
    if (!result.ok()) {
      const auto& error = result.error();
      return end(token_refused_ || (error.code == ErrorCode::kDenied && error.words == kInvalidToken),
                 error.words);
    }
    socket_ = *std::move(result);
    socket_->on_event([this](socketio::Event& event) {
      if (event.name == "request") heard(event);
    });
    socket_->on_disconnect([this](std::string_view why) { end(false, why); });
    const auto connected = std::move(hooks_.connected);
    connected();
  }

  void heard(socketio::Event& event) {
    Answer answer;
    if (event.ack) {
      answer = [ack = event.ack](const boost::json::object& object) mutable { ack({object}); };
    } else {
      answer = [weak = std::weak_ptr(socket_)](const boost::json::object& object) {
        if (const auto socket = weak.lock()) socket->emit("response", {object});
      };
    }
    if (event.args.empty())
      return hooks_.request(Error{ErrorCode::kInvalid, "the request is missing"}, answer);
    hooks_.request(std::move(event.args.front()), answer);
  }

  // Nothing of this object may be touched after the call.
  void end(bool token_refused, std::string_view why) {
    const std::string words(why);
    const auto ended = std::move(hooks_.ended);
    ended(token_refused, words);
  }

  RemoteHooks hooks_;
  bool token_refused_ = false;
  net::Attempt attempt_;
  std::shared_ptr<socketio::Socket> socket_;
};

}  // namespace

std::unique_ptr<Remote> connect_socketio(net::Io& io, const ServerAddress& server, const std::string& token,
                                         RemoteHooks hooks) {
  return std::make_unique<SocketIoRemote>(io, server, token, std::move(hooks));
}

}  // namespace hearth::interlock
