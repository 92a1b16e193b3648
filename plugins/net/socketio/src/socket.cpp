// Events and acks of one namespace, for both roles.
#include "hearth/socketio/socket.hpp"

#include <utility>

#include "hearth/net/json.hpp"

namespace hearth::socketio {

namespace {

constexpr std::size_t kMostScratch = 256;  // bytes that an idle socket keeps

std::string list_json(const boost::json::array& args) {
  std::string json = "[";
  for (const auto& arg : args) {
    if (json.size() > 1) json += ',';
    net::json::append(json, arg);
  }
  return json += ']';
}

}  // namespace

void Ack::operator()(const boost::json::array& args, const Attachments& attachments) {
  if (!id_) return;
  const auto id = std::exchange(id_, std::nullopt);
  if (const auto socket = socket_.lock())
    socket->send(PacketType::kAck, PacketType::kBinaryAck, id, list_json(args), attachments);
}

const boost::json::object& Event::object(std::size_t n) const {
  static const boost::json::object kNone;
  const auto* object = n < args.size() ? args[n].if_object() : nullptr;
  return object ? *object : kNone;
}

Socket::Socket(Link& link, std::string nsp, std::string id)
    : link_(&link), nsp_(std::move(nsp)), id_(std::move(id)) {}

Socket::~Socket() = default;

// ---- What goes -------------------------------------------------------------------------------------------

void Socket::emit(std::string_view event, const boost::json::array& args, const Attachments& attachments) {
  if (link_)
    send(PacketType::kEvent, PacketType::kBinaryEvent, std::nullopt, event_json(event, args), attachments);
}

void Socket::emit_json(std::string_view json, net::Haste haste) {
  send(PacketType::kEvent, PacketType::kBinaryEvent, std::nullopt, json, {}, haste);
}

void Socket::send(PacketType plain, PacketType binary, std::optional<std::uint64_t> id, std::string_view json,
                  const Attachments& attachments, net::Haste haste) {
  if (!link_) return;
  auto packet = std::exchange(scratch_, {});
  packet.clear();
  packet.reserve(json.size() + nsp_.size() + 32);
  append_packet(packet, attachments.empty() ? plain : binary, nsp_, id, json, attachments.size());
  link_->send(packet, attachments, haste);
  if (packet.capacity() <= kMostScratch) scratch_ = std::move(packet);
}

void Socket::ask(std::string_view event, const boost::json::array& args, Microseconds timeout,
                 std::function<void(Result<Answer>)> done) {
  if (!link_) return;
  const auto id = next_ask_++;
  asked_.emplace(id, Asked{std::move(done), link_->loop().after(timeout, [this, id] { late(id); })});
  send(PacketType::kEvent, PacketType::kBinaryEvent, id, event_json(event, args), {});
}

void Socket::late(std::uint64_t id) {
  auto asked = asked_.extract(id);
  if (asked) asked.mapped().done(Error{ErrorCode::kTimeout, "the peer did not acknowledge it in time"});
}

void Socket::probe(Microseconds timeout, std::function<void(bool)> done) {
  if (link_) link_->probe(timeout, std::move(done));
}

// ---- What comes ------------------------------------------------------------------------------------------

void Socket::received(Packet& packet) {
  const bool event = packet.type == PacketType::kEvent || packet.type == PacketType::kBinaryEvent;
  event ? deliver(packet) : answered(packet);
}

// The callback may put another in its own place.
void Socket::deliver(Packet& packet) {
  if (!event_) return;
  Event event;
  event.args = std::move(packet.data.get_array());
  const auto& name = event.args.front();
  event.name = name.is_string() ? std::string(name.get_string()) : net::json::to_text(name);
  event.args.erase(event.args.begin());
  event.attachments = std::move(packet.attachments);
  if (packet.id) event.ack = Ack(weak_from_this(), *packet.id);
  auto call = std::exchange(event_, nullptr);
  call(event);
  if (!event_ && link_) event_ = std::move(call);
}

// Of an id that nobody waits for: ignored.
void Socket::answered(Packet& packet) {
  auto asked = packet.id ? asked_.extract(*packet.id) : decltype(asked_)::node_type();
  if (asked) asked.mapped().done(Answer{std::move(packet.data.get_array()), std::move(packet.attachments)});
}

// ---- The end ---------------------------------------------------------------------------------------------

void Socket::disconnect() { leave(false); }
void Socket::close() { leave(true); }

void Socket::leave(bool whole) {
  if (!link_) return;
  const auto keep = shared_from_this();
  auto& link = *link_;
  std::string packet;
  append_packet(packet, PacketType::kDisconnect, nsp_, std::nullopt, {});
  link.send(packet, {}, net::Haste::kNow);
  detach();
  link.left(*this, whole);
}

void Socket::detach() {
  link_ = nullptr;
  event_ = nullptr;
  ended_ = nullptr;
  asked_.clear();
}

void Socket::ended(std::string_view why) {
  const auto keep = shared_from_this();
  const auto call = std::exchange(ended_, nullptr);
  auto asked = std::exchange(asked_, {});
  detach();
  for (auto& [id, one] : asked) one.done(Error{ErrorCode::kUnreachable, "the peer has gone"});
  if (call) call(why);
}

}  // namespace hearth::socketio
