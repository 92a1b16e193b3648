// The library's own packets, without its connections.
#include "peer.hpp"

#include <stdexcept>
#include <utility>

namespace hearth::test {

Server::Server(std::size_t id_length, bool pages)
    : flow({.id_length = id_length, .house = "home", .pages = pages},
           {.house =
                [this](std::string_view text, monitor::FlowHooks::Answer answer) {
                  at_house.emplace_back(text);
                  answers.push_back(std::move(answer));
                },
            .came = [this](const std::string& id) { told.push_back("came " + id); },
            .went = [this](const std::string& id) { told.push_back("went " + id); },
            .evicted = [this](const std::string& id) { told.push_back("evicted " + id); },
            .now = [this] { return now; }}) {}

Peer::Peer(Server& server, monitor::Rights rights, std::string origin)
    : origin_(std::move(origin)),
      socket_(std::make_shared<socketio::Socket>(static_cast<socketio::Link&>(*this), "/", "sid")) {
  server.flow.join(*socket_, rights);
}

Peer::~Peer() { goes(); }

void Peer::says(std::string_view event) {
  socketio::PacketDecoder decoder(socketio::PacketDecoder::From::kClient);
  if (decoder.text("2" + std::string(event)) != socketio::PacketDecoder::Event::kPacket)
    throw std::runtime_error("no packet: " + std::string(event));
  if (socket_->is_open()) socket_->received(decoder.packet());
}

void Peer::goes() {
  if (socket_->is_open()) socket_->ended("transport close");
}

void Peer::proves(bool alive) {
  for (const auto& probe : std::exchange(probes_, {})) probe(alive);
}

std::vector<std::string> Peer::heard() { return std::exchange(heard_, {}); }

void Peer::send(std::string_view packet, const socketio::Attachments&, net::Haste) {
  const auto rest = packet.substr(1);
  if (packet.front() == '2') heard_.emplace_back(rest);
  if (packet.front() == '3') heard_.push_back("ack " + std::string(rest));
  if (std::exchange(breaks_, false)) goes();
}

void Peer::left(socketio::Socket&, bool whole) { heard_.emplace_back(whole ? "closed" : "left"); }

}  // namespace hearth::test
