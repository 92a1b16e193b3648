// A client's connection: the handshake of Engine.IO and of Socket.IO behind it, pings, and silence noticed.
#include "hearth/socketio/client.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "hearth/net/held.hpp"
#include "hearth/net/json.hpp"
#include "hearth/socketio/engine_packet.hpp"

namespace hearth::socketio {

namespace {

constexpr std::int64_t kMostPingMs = 24 * 3600 * 1000;

// The words of a CONNECT_ERROR, which older servers send bare.
std::string words_of(const boost::json::value& data) {
  if (const auto* text = data.if_string()) return std::string(*text);
  const auto* object = data.if_object();
  const auto* message = object ? object->if_contains("message") : nullptr;
  return message && message->is_string() ? std::string(message->get_string()) : "no reason given";
}

// A member that is a whole number between 1 and a day; nothing otherwise.
std::optional<Microseconds> milliseconds_of(const boost::json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  if (!value || !value->is_int64() || value->get_int64() < 1 || value->get_int64() > kMostPingMs) return {};
  return std::chrono::milliseconds(value->get_int64());
}

// Socket and its link in one, so that dropping the socket drops the connection. [loop]
class ClientSocket final : public Link, public Socket {
 public:
  // `opened` hears, once, whether the server has let it in.
  ClientSocket(net::Io& io, std::shared_ptr<net::WebSocket> socket, const ClientRequest& request,
               std::function<void(Status)> opened)
      : Socket(static_cast<Link&>(*this), request.nsp, {}),
        io_(io),
        socket_(std::move(socket)),
        origin_(),
        auth_(request.auth.empty() ? std::string() : net::json::to_text(request.auth)),
        decoder_(PacketDecoder::From::kServer),
        held_(io),
        silence_(io.deadlines, [this] { lost("the server is silent"); }),
        opened_(std::move(opened)) {
    socket_->on_message([this](std::string_view data, bool binary) {
      const auto keep = shared_from_this();
      heard(data, binary);
    });
    socket_->on_close([this](std::uint16_t code, std::string_view reason) {
      lost(concat("the connection ended: ", code, reason.empty() ? "" : " ", reason));
    });
  }

  ~ClientSocket() override {
    socket_->drop();  // its callbacks hold this bare
  }
  ClientSocket(const ClientSocket&) = delete;
  ClientSocket& operator=(const ClientSocket&) = delete;

  void send(std::string_view packet, const Attachments& attachments, net::Haste haste) override {
    socket_->send_text(concat("4", packet), haste);
    for (const auto& attachment : attachments) socket_->send_binary(attachment);
  }
  void left(Socket&, bool) override { finish(); }
  void probe(Microseconds timeout, std::function<void(bool)> done) override {
    probes_.push_back({++last_probe_, std::move(done), {}});
    probes_.back().timeout = io_.loop.after(timeout, [this, id = last_probe_] { end_probe(id); });
    socket_->on_pong([this](std::string_view) {
      const auto keep = shared_from_this();
      end_probes(true);
    });
    socket_->send_ping();
  }
  std::size_t queued() const override { return socket_->queued(); }
  const Loop& loop() const override { return io_.loop; }
  const net::Ip& peer() const override { return socket_->peer(); }
  const std::string& origin() const override { return origin_; }

 private:
  void heard(std::string_view data, bool binary) {
    end_probes(true);
    const bool is_open = patience_.count() != 0;
    if (is_open) silence_.set(patience_);
    EnginePacket message;
    if (binary && is_open) return take(decoder_.binary(data));
    if (binary || !reader_.read(data, message)) return lost("the server doesn't speak Engine.IO");
    if (message.type == EngineType::kMessage && !is_open) return lost("a message before the handshake");
    switch (message.type) {
      case EngineType::kOpen: return server_opens(message.data);
      case EngineType::kPing: return socket_->send_text(concat("3", message.data));
      case EngineType::kClose: return lost("the server has closed the connection");
      case EngineType::kMessage:
        return take(message.binary ? decoder_.binary(message.data) : decoder_.text(message.data));
      case EngineType::kPong:
      case EngineType::kUpgrade:
      case EngineType::kNoop: return;
    }
  }

  void server_opens(std::string_view text) {
    if (patience_.count() != 0) return lost("the server opens twice");
    const auto open = net::json::parse(text);
    const auto* object = open.ok() ? open->if_object() : nullptr;
    const auto interval = object ? milliseconds_of(*object, "pingInterval") : std::nullopt;
    const auto timeout = object ? milliseconds_of(*object, "pingTimeout") : std::nullopt;
    if (!interval || !timeout) return lost("the server's handshake makes no sense");
    patience_ = *interval + *timeout;
    silence_.set(patience_);
    std::string connect;
    append_packet(connect, PacketType::kConnect, nsp(), std::nullopt, auth_);
    send(connect, {}, net::Haste::kNow);
  }

  void take(PacketDecoder::Event event) {
    if (event == PacketDecoder::Event::kRefused) return lost(concat("a wrong packet: ", decoder_.fault()));
    if (!held_.set(decoder_.held())) return lost("too much at once");
    if (event == PacketDecoder::Event::kNeedMore) return;
    auto packet = std::move(decoder_.packet());
    if (packet.nsp != nsp()) return;  // nothing of ours
    switch (packet.type) {
      case PacketType::kConnect: return joined(packet);
      case PacketType::kConnectError: return turned_away(words_of(packet.data));
      case PacketType::kDisconnect: return lost("the server has ended it");
      default:
        if (!opened_) return received(packet);
        lost("an event before the handshake's end");
    }
  }

  void joined(const Packet& packet) {
    const auto* object = packet.data.if_object();
    const auto* sid = object ? object->if_contains("sid") : nullptr;
    if (!opened_ || !sid || !sid->is_string()) return lost("the server's handshake makes no sense");
    set_id(std::string(sid->get_string()));
    std::exchange(opened_, nullptr)({});
  }

  void turned_away(const std::string& words) {
    if (!opened_) return lost("the server refuses what it has granted");
    finish();
    std::exchange(opened_, nullptr)({ErrorCode::kDenied, words});
  }

  void lost(std::string_view why) {
    const auto keep = shared_from_this();
    const std::string words(why);
    finish();
    if (const auto opened = std::exchange(opened_, nullptr)) return opened({ErrorCode::kUnreachable, words});
    ended(words);
  }

  void end_probe(std::uint64_t id) {
    const auto keep = shared_from_this();
    const auto found = std::ranges::find(probes_, id, &Probe::id);
    if (found == probes_.end()) return;
    const auto probe = std::move(*found);
    probes_.erase(found);
    probe.done(false);
  }
  void end_probes(bool alive) {
    if (probes_.empty()) return;
    for (const auto& probe : std::exchange(probes_, {})) probe.done(alive);
  }

  void finish() {
    silence_.clear();
    end_probes(false);
    socket_->on_close(nullptr);
    socket_->close();
  }

  net::Io& io_;
  const std::shared_ptr<net::WebSocket> socket_;
  const std::string origin_;  // none
  const std::string auth_;
  EngineReader reader_;
  PacketDecoder decoder_;
  net::Held held_;
  net::Deadline silence_;
  Microseconds patience_{0};  // the server's own promise, once it has opened
  struct Probe {
    std::uint64_t id;
    std::function<void(bool)> done;
    Handle timeout;
  };
  std::vector<Probe> probes_;
  std::uint64_t last_probe_ = 0;
  std::function<void(Status)> opened_;
};

// One attempt; owns the socket until it is let in. [loop]
class Opening : public std::enable_shared_from_this<Opening> {
 public:
  Opening(net::Io& io, ClientRequest request, Connected done)
      : io_(io), request_(std::move(request)), done_(std::move(done)) {}

  void begin(net::HttpClientOptions server) {
    net::WebSocketRequest wanted;
    wanted.target = concat(request_.path, "?EIO=4&transport=websocket", request_.query.empty() ? "" : "&",
                           request_.query);
    wanted.headers = request_.headers;
    wanted.options.max_message = request_.max_payload;
    wanted.timeout = request_.timeout;
    timeout_ = io_.loop.after(request_.timeout, [this] {
      finish(Error{ErrorCode::kTimeout, "the server did not let it in in time"});
    });
    attempt_ = net::connect_websocket(
        io_, std::move(server), std::move(wanted),
        [this](Result<std::shared_ptr<net::WebSocket>> result, const net::HttpAnswer* refusal) {
          const auto keep = shared_from_this();
          if (refusal && request_.on_refusal) request_.on_refusal(*refusal);
          if (keep.use_count() == 1) return;  // it has given up
          if (!result.ok()) return finish(result.error());
          socket_ = std::make_shared<ClientSocket>(io_, std::move(*result), request_,
                                                   [this](const Status& status) { opened(status); });
        });
  }

 private:
  void opened(const Status& status) {
    if (!status.ok()) return finish(status.error());
    finish(std::shared_ptr<Socket>(std::exchange(socket_, nullptr)));
  }

  void finish(Result<std::shared_ptr<Socket>> result) {
    const auto keep = shared_from_this();
    timeout_.reset();
    const auto dropped = std::exchange(socket_, nullptr);
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(result));
  }

  net::Io& io_;
  const ClientRequest request_;
  Connected done_;
  Handle timeout_;
  net::Attempt attempt_;
  std::shared_ptr<ClientSocket> socket_;
};

}  // namespace

net::Attempt connect(net::Io& io, net::HttpClientOptions server, ClientRequest request, Connected done) {
  auto opening = std::make_shared<Opening>(io, std::move(request), std::move(done));
  opening->begin(std::move(server));
  return opening;
}

}  // namespace hearth::socketio
