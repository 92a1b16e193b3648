// Who is connected as what, and what their end means to others.
#include <algorithm>
#include <utility>

#include "flow.hpp"
#include "hearth/net/json.hpp"

namespace hearth::monitor {

bool is_monitor_id(std::string_view id, std::size_t length) {
  const auto characters = static_cast<std::size_t>(
      std::ranges::count_if(id, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
  return length == 0 ? characters >= 1 && characters <= kMostIdLength : characters == length;
}

Flow::Flow(FlowOptions options, FlowHooks hooks) : options_(std::move(options)), hooks_(std::move(hooks)) {}
Flow::~Flow() = default;

void Flow::join(socketio::Socket& socket, Rights rights) {
  clients_.push_back(std::make_unique<Client>(socket, rights));
  auto& client = *clients_.back();
  client.place = clients_.size() - 1;
  socket.on_event([this, &client](socketio::Event& event) { received(client, event); });
  socket.on_disconnect([this, &client](std::string_view) {
    const Turn turn(*this);
    client.socket = nullptr;
    retire(client);
  });
}

Flow::Counts Flow::counts() const {
  Counts counts{clients_.size(), 0, 0, commands_};
  for (const auto& client : clients_) {
    if (client->target || client->at_house) ++counts.users;
    if (client->self) ++counts.monitors;
  }
  return counts;
}

// ---- The end of connections ---------------------------------------------------------------------------

void Flow::expel(Client& client, std::string_view last_words) {
  client.emit(last_words);
  retire(client);
}

void Flow::retire(Client& client) {
  if (!std::exchange(client.leaving, true)) leaving_.push_back(&client);
}

void Flow::sweep() {
  while (!leaving_.empty()) {
    auto& client = *leaving_.back();
    leaving_.pop_back();
    if (auto* socket = std::exchange(client.socket, nullptr)) socket->close();
    forget(client);
  }
}

void Flow::forget(Client& client) {
  if (auto* target = client.target) {
    target->unbind(client);
    release(target);
  }
  if (auto* wanted = client.waits_for) {
    wanted->contender = nullptr;
    release(wanted);
  }
  if (auto* self = client.self) {
    disconnected(*self);
    release(self);
  }
  if (client.asked != 0) std::erase_if(asked_, [&](const auto& one) { return one.second == &client; });
  auto& mine = clients_[client.place];
  clients_.back()->place = client.place;
  std::swap(mine, clients_.back());
  clients_.pop_back();
}

void Flow::clear() {
  for (const auto& client : clients_) {
    auto* socket = std::exchange(client->socket, nullptr);
    if (!socket) continue;
    socket->on_event({});
    socket->on_disconnect({});
  }
  asked_.clear();
  leaving_.clear();
  const auto monitors = std::exchange(monitors_, {});
  const auto clients = std::exchange(clients_, {});
  for (const auto& [id, monitor] : monitors)
    monitor->end_all({ErrorCode::kCancelled, "the plugin is stopping"});
}

// Whoever waits for its answer hears that there will be none. A contender becomes it.
void Flow::disconnected(Monitor& monitor) {
  auto& gone = *std::exchange(monitor.client, nullptr);
  gone.self = nullptr;
  monitor.probe = 0;
  for (auto* user : monitor.users) {
    const auto count = monitor.out_of(*user);
    user->out.clear();
    for (std::size_t i = 0; i < count; ++i) user->emit(failed("monitor disconnected"));
  }
  monitor.end_all({ErrorCode::kUnreachable, "the monitor disconnected"});
  monitor.ever_answered = false;
  if (std::exchange(gone.is_device, false) && hooks_.went) hooks_.went(monitor.id);
  if (!monitor.contender) return;
  auto& next = *std::exchange(monitor.contender, nullptr);
  next.waits_for = nullptr;
  if (!next.leaving) become(next, monitor);
}

// ---- Small things -------------------------------------------------------------------------------------

std::string_view Flow::failed(std::string_view reason) { return packet("command failed", "reason", reason); }

// `["event",{"key":"text"}]`, until the next call.
std::string_view Flow::packet(std::string_view event, std::string_view key, std::string_view text) {
  scratch_.clear();
  scratch_.append("[\"").append(event).append("\",{\"").append(key).append("\":");
  net::json::append_text(scratch_, text);
  scratch_ += "}]";
  return scratch_;
}

Monitor& Flow::monitor(std::string_view id) {
  if (auto* known = find(id)) return *known;
  auto made = std::make_unique<Monitor>(std::string(id));
  const std::string_view key = made->id;
  return *monitors_.emplace(key, std::move(made)).first->second;
}

Monitor* Flow::find(std::string_view id) {
  const auto found = monitors_.find(id);
  return found == monitors_.end() ? nullptr : found->second.get();
}

void Flow::release(Monitor* monitor) {
  if (monitor->unused()) monitors_.erase(std::string_view(monitor->id));
}

}  // namespace hearth::monitor
