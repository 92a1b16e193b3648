// A session's messages, its heartbeat and its end, whatever the transport.
#include "hearth/socketio/engine_session.hpp"

#include <algorithm>
#include <utility>

#include "engine_upgrade.hpp"
#include "hearth/net/json.hpp"
#include "hearth/socketio/engine_server.hpp"

namespace hearth::socketio {

namespace {

// Later than that after its moment, a timer fires because the loop has stood still: what clients have sent
// meanwhile is read first.
constexpr auto kStoodStill = std::chrono::milliseconds(50);

}  // namespace

struct EngineSession::Probe {
  Probe(net::Deadlines& deadlines, std::function<void()> late, std::function<void(bool)> done_then)
      : deadline(deadlines, std::move(late)), done(std::move(done_then)) {}
  net::Deadline deadline;
  std::function<void(bool)> done;
  std::uint32_t id = 0;
};

EngineSession::EngineSession(EngineServer& server, std::string sid, const net::Ip& peer,
                             std::string_view origin)
    : server_(&server),
      sid_(std::move(sid)),
      peer_(peer),
      origin_(origin),
      held_(server.io(), net::Held::Of::kOutput),
      heartbeat_(server.io().deadlines, [this] { beat(); }) {
  set_heartbeat(server.io().loop.steady() + server.options().ping_interval);
}

EngineSession::~EngineSession() = default;

std::string EngineSession::open_packet() const {
  const auto& options = server_->options();
  const auto ms = [](Microseconds t) { return t.count() / 1000; };
  return concat(R"(0{"sid":")", sid_, R"(","upgrades":)", socket_ ? "[]" : R"(["websocket"])",
                R"(,"pingInterval":)", ms(options.ping_interval), R"(,"pingTimeout":)",
                ms(options.ping_timeout), R"(,"maxPayload":)", options.max_payload, "}");
}

// ---- What comes ------------------------------------------------------------------------------------------

void EngineSession::begin_websocket(std::shared_ptr<net::WebSocket> socket) {
  socket_ = std::move(socket);
  attach();
  socket_->send_text(open_packet());
}

// No callback comes after close() or drop(), one of which end() calls.
void EngineSession::attach() {
  socket_->on_message([this](std::string_view data, bool binary) {
    const auto keep = shared_from_this();
    if (!binary) return received(data);
    sign_of_life();
    deliver(data, true);
  });
  socket_->on_close([this](std::uint16_t code, std::string_view reason) {
    fail(concat("the connection ended: ", code, reason.empty() ? "" : " ", reason));
  });
}

void EngineSession::received(std::string_view text) {
  EnginePacket packet;
  if (!server_->reader_.read(text, packet)) return fail("not an Engine.IO packet");
  heard(packet);
}

void EngineSession::heard(const EnginePacket& packet) {
  sign_of_life();
  if (state_ == State::kClosed) return;
  switch (packet.type) {
    case EngineType::kMessage: return deliver(packet.data, packet.binary);
    case EngineType::kPong:
      if (std::exchange(awaiting_pong_, false))
        set_heartbeat(server_->io().loop.steady() + server_->options().ping_interval);
      return;
    case EngineType::kPing: return fail("a ping from the client");
    case EngineType::kClose: return client_closes();
    case EngineType::kOpen:
    case EngineType::kUpgrade:
    case EngineType::kNoop: return;  // mean nothing here
  }
}

// The callback may put another in its own place. If it throws, nobody knows how far it came.
void EngineSession::deliver(std::string_view data, bool binary) {
  if (state_ != State::kOpen || !message_) return;
  auto call = std::exchange(message_, nullptr);
  try {
    call(data, binary);
  } catch (...) {
    fail("its owner could not go on");
    throw;
  }
  if (!message_ && state_ == State::kOpen) message_ = std::move(call);
}

// ---- What goes -------------------------------------------------------------------------------------------

void EngineSession::send_text(std::string_view text, net::Haste haste) {
  if (state_ != State::kOpen) return;
  auto& packet = server_->scratch_;
  packet.assign(1, static_cast<char>(EngineType::kMessage)).append(text);
  send(packet, false, haste);
}

void EngineSession::send_binary(std::string_view bytes) {
  if (state_ == State::kOpen) send(bytes, true);
}

void EngineSession::send(std::string_view packet, bool binary, net::Haste haste) {
  if (overflown_) return;
  if (socket_) return binary ? socket_->send_binary(packet) : socket_->send_text(packet, haste);
  enqueue(packet, binary);
  flush();
}

std::size_t EngineSession::queued() const { return socket_ ? socket_->queued() : queued_bytes_; }

void EngineSession::enqueue(std::string_view packet, bool binary) {
  queued_bytes_ += packet.size() + sizeof(Queued);
  const bool counts = queued_bytes_ > kFree;
  if (queued_bytes_ > server_->options().max_queue || (counts && !held_.set(queued_bytes_))) {
    set_heartbeat(Microseconds(0));  // the end comes from the loop, not from inside this
    overflown_ = true;
    return;
  }
  queue_.push_back({std::string(packet), binary});
}

// Nothing goes by polling any more once the client has probed another transport.
void EngineSession::flush() {
  if (state_ == State::kClosed || corked_ || queue_.empty() || !poll_) return;
  if (!upgrade_ || !upgrade_->probed()) flush_polling();
}

void EngineSession::uncork() {
  if (!std::exchange(corked_, false)) return;
  flush();
  if (state_ == State::kClosing) go_on_closing();
}

// ---- The heartbeat ---------------------------------------------------------------------------------------

void EngineSession::set_heartbeat(Microseconds at) {
  if (overflown_) return;
  heartbeat_at_ = at;
  heartbeat_.set(std::max(at - server_->io().loop.steady(), Microseconds(0)));
}

// Reckoned from when it was due, so that lateness doesn't add up.
void EngineSession::beat() {
  const auto keep = shared_from_this();
  if (overflown_) return fail("the client doesn't fetch its messages");
  if (state_ == State::kClosing) return end("", false);
  const auto now = server_->io().loop.steady();
  const bool stood_still = now - heartbeat_at_ > kStoodStill;
  if (awaiting_pong_ && stood_still) return read_first();
  if (awaiting_pong_) return fail("ping timeout");
  awaiting_pong_ = true;
  extended_ = false;
  set_heartbeat((stood_still ? now : heartbeat_at_) + server_->options().ping_timeout);
  send("2", false);
}

// A posted function runs after the sockets have been read.
void EngineSession::read_first() {
  server_->io().loop.post([weak = weak_from_this(), was = heartbeat_at_] {
    const auto self = weak.lock();
    if (self && self->state_ == State::kOpen && self->awaiting_pong_ && self->heartbeat_at_ == was)
      self->fail("ping timeout");
  });
}

// Whoever speaks is alive, even if the pong is late behind something large: once for each ping.
void EngineSession::sign_of_life() {
  if (awaiting_pong_ && !std::exchange(extended_, true))
    set_heartbeat(server_->io().loop.steady() + server_->options().ping_timeout);
  end_probes(true);
}

// The clock is looked at with each request too: the timer may be a little late, the protocol is exact.
bool EngineSession::is_late() {
  const auto keep = shared_from_this();
  const auto now = server_->io().loop.steady();
  if (state_ == State::kOpen && !awaiting_pong_ && now >= heartbeat_at_) beat();
  if (state_ == State::kOpen && awaiting_pong_ && now >= heartbeat_at_) fail("ping timeout");
  return state_ == State::kClosed;
}

void EngineSession::probe(Microseconds timeout, std::function<void(bool)> done) {
  if (state_ != State::kOpen) return;
  auto probe = std::make_unique<Probe>(
      server_->io().deadlines, [this, id = ++last_probe_] { end_probe(id); }, std::move(done));
  probe->id = last_probe_;
  probe->deadline.set(timeout);
  probes_.push_back(std::move(probe));
  send("2", false);
}

void EngineSession::end_probe(std::uint32_t id) {
  const auto keep = shared_from_this();
  const auto found = std::ranges::find_if(probes_, [id](const auto& probe) { return probe->id == id; });
  if (found == probes_.end()) return;
  const auto probe = std::move(*found);
  probes_.erase(found);
  probe->done(false);
}

void EngineSession::end_probes(bool alive) {
  if (probes_.empty()) return;
  for (const auto& probe : std::exchange(probes_, {})) probe->done(alive);
}

// ---- The end ---------------------------------------------------------------------------------------------

void EngineSession::close() {
  if (state_ != State::kOpen) return;
  const auto keep = shared_from_this();
  state_ = State::kClosing;
  closed_ = nullptr;
  set_heartbeat(server_->io().loop.steady() + server_->options().closing_timeout);
  if (!corked_) go_on_closing();
}

void EngineSession::client_closes() {
  const bool told = poll_ != nullptr;
  answer_poll("6");
  if (server_ && !socket_ && !told) server_->expect_last_poll(sid_);
  end("the client has closed it", true);
}

void EngineSession::fail(std::string_view why) {
  const auto keep = shared_from_this();
  answer_poll("1");
  end(why, true);
}

void EngineSession::end(std::string_view why, bool tell) {
  if (state_ == State::kClosed) return;
  const auto keep = shared_from_this();
  state_ = State::kClosed;
  heartbeat_.clear();
  upgrade_.reset();
  poll_.reset();
  queue_ = {};
  held_.set(0);
  message_ = nullptr;
  const auto closed = std::exchange(closed_, nullptr);
  if (const auto socket = std::exchange(socket_, nullptr)) {
    socket->on_close(nullptr);
    socket->close(net::WebSocketCode::kNormal);
  }
  std::exchange(server_, nullptr)->forget(*this);
  end_probes(false);
  if (tell && closed) closed(why);
}

// Nobody's callback is called: the server goes, and its owner with it.
void EngineSession::drop() {
  probes_.clear();
  answer_poll("1");
  end("", false);
}

}  // namespace hearth::socketio
