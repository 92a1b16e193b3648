// One connection's packets, given to the sockets of its namespaces.
#include "hearth/socketio/server.hpp"

#include <utility>

#include "hearth/net/held.hpp"
#include "hearth/net/json.hpp"
#include "sid.hpp"

namespace hearth::socketio {

// Lives in the callbacks of its Engine.IO session. [loop]
class ServerSession final : public Link {
 public:
  ServerSession(Server& server, EngineSession& engine)
      : server_(server),
        engine_(engine),
        decoder_(PacketDecoder::From::kClient),
        held_(server.io_),
        late_(server.io_.deadlines, [this] { too_late(); }) {
    late_.set(server.connect_timeout_);
  }
  ServerSession(const ServerSession&) = delete;
  ServerSession& operator=(const ServerSession&) = delete;
  ~ServerSession() {
    for (const auto& [nsp, socket] : sockets_) socket->detach();
  }

  void received(std::string_view data, bool binary) {
    const auto event = binary ? decoder_.binary(data) : decoder_.text(data);
    if (event == PacketDecoder::Event::kRefused) return refuse(decoder_.fault());
    if (!held_.set(decoder_.held())) return refuse("too much at once");
    if (event == PacketDecoder::Event::kPacket) {
      auto packet = std::move(decoder_.packet());  // nothing of it stays behind
      return dispatch(packet);
    }
    if (!sockets_.contains(decoder_.packet().nsp)) return refuse(kNotJoined);
    // An unfinished packet keeps memory that others may need.
    if (!binary) late_.set(server_.connect_timeout_);
  }

  // All of it is over.
  void ended(std::string_view why) {
    late_.clear();
    for (const auto& [nsp, socket] : std::exchange(sockets_, {})) socket->ended(why);
  }

  void send(std::string_view packet, const Attachments& attachments, net::Haste haste) override {
    engine_.send_text(packet, haste);
    for (const auto& attachment : attachments) engine_.send_binary(attachment);
  }
  void left(Socket& socket, bool whole) override {
    sockets_.erase(socket.nsp());
    if (whole) return close("the server has closed the connection");
    if (sockets_.empty()) late_.set(server_.connect_timeout_);
  }
  void probe(Microseconds timeout, std::function<void(bool)> done) override {
    engine_.probe(timeout, std::move(done));
  }
  std::size_t queued() const override { return engine_.queued(); }
  const Loop& loop() const override { return server_.io_.loop; }
  const net::Ip& peer() const override { return engine_.peer(); }
  const std::string& origin() const override { return engine_.origin(); }

 private:
  static constexpr std::string_view kNotJoined = "a packet for a namespace that was not joined";
  static constexpr int kMostRefusals = 3;  // of one connection: guessing tokens takes a new one

  void dispatch(Packet& packet) {
    if (packet.type == PacketType::kConnect) return join(packet);
    const auto joined = sockets_.find(packet.nsp);
    if (joined == sockets_.end()) return refuse(kNotJoined);
    if (packet.type != PacketType::kDisconnect) {
      const auto socket = joined->second;
      return socket->received(packet);
    }
    const auto socket = std::move(joined->second);
    sockets_.erase(joined);
    if (sockets_.empty()) late_.set(server_.connect_timeout_);
    socket->ended("the client has left");
  }

  void join(const Packet& packet) {
    static const boost::json::object kNone;
    if (sockets_.contains(packet.nsp)) return refuse("a namespace joined twice");
    const auto offered = server_.namespaces_.find(packet.nsp);
    if (offered == server_.namespaces_.end())
      return say(PacketType::kConnectError, packet.nsp, "message", "Invalid namespace");
    const auto* auth = packet.data.if_object();
    const Joining joining{auth ? *auth : kNone, engine_.peer(), engine_.origin()};
    if (offered->second.admit)
      if (const auto admitted = offered->second.admit(joining); !admitted.ok())
        return turn_away(packet.nsp, admitted.error().words);
    const auto socket = std::make_shared<Socket>(*this, packet.nsp, new_sid());
    sockets_.emplace(packet.nsp, socket);
    late_.clear();
    say(PacketType::kConnect, packet.nsp, "sid", socket->id());
    offered->second.joined(socket, joining);
  }

  // Who asks for what isn't there may go on asking.
  void turn_away(const std::string& nsp, std::string_view words) {
    say(PacketType::kConnectError, nsp, "message", words);
    if (++refusals_ == kMostRefusals) refuse("it may join nothing that it asks for");
  }

  void say(PacketType type, const std::string& nsp, std::string_view key, std::string_view value) {
    std::string json = concat("{\"", key, "\":");
    net::json::append_text(json, value);
    std::string packet;
    append_packet(packet, type, nsp, std::nullopt, json += '}');
    engine_.send_text(packet);
  }

  void too_late() {
    if (sockets_.empty()) return close("it joined nothing");
    if (decoder_.unfinished()) refuse("attachments did not come in time");
  }

  void refuse(std::string_view words) {
    server_.engine_.note(engine_.peer(), words);
    close(std::string(words));
  }

  void close(const std::string& why) {
    ended(why);
    engine_.close();
  }

  Server& server_;
  EngineSession& engine_;
  PacketDecoder decoder_;
  net::Held held_;  // of unfinished packets
  net::Deadline late_;
  std::map<std::string, std::shared_ptr<Socket>, std::less<>> sockets_;  // by namespace
  int refusals_ = 0;
};

ServerOptions ServerOptions::from(const Config& config) {
  ServerOptions options;
  options.engine = EngineOptions::from(config);
  options.engine.path = "/socket.io/";
  options.connect_timeout = config.milliseconds("connect_timeout_ms");
  return options;
}

Server::Server(net::Io& io, const ServerOptions& options)
    : io_(io),
      connect_timeout_(options.connect_timeout),
      engine_(io, options.engine, [this](const std::shared_ptr<EngineSession>& engine) {
        const auto session = std::make_shared<ServerSession>(*this, *engine);
        engine->on_message(
            [session](std::string_view data, bool binary) { session->received(data, binary); });
        engine->on_close([session](std::string_view why) { session->ended(why); });
      }) {}

Server::~Server() = default;

void Server::offer(std::string nsp, Joined joined, Admit admit) {
  namespaces_[std::move(nsp)] = {std::move(joined), std::move(admit)};
}

}  // namespace hearth::socketio
