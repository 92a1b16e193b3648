// What the document's events do.
#include "flow.hpp"

#include <algorithm>
#include <utility>

#include "common/words.hpp"
#include "hearth/net/json.hpp"

namespace hearth::monitor {

namespace {

// event_json() of the answers that never differ.
constexpr std::string_view kQueryOk = R"(["query ok",{"reason":"Query ok"}])";
constexpr std::string_view kConOk = R"(["con ok",{"reason":"Connection ok"}])";
constexpr std::string_view kCommandOk = R"(["command ok",{"reason":"Command ok"}])";
constexpr std::string_view kFinish = R"(["command finish",{"reason":"Command finish"}])";

constexpr std::string_view kTaken = "monitor_id already registered";
constexpr std::string_view kPage = "This page may not command the house: see origins";

// Empty if there is none, or it is no text: neither is ever right.
std::string_view text_of(const boost::json::object& data, std::string_view key) {
  const auto* value = data.if_contains(key);
  const auto* text = value ? value->if_string() : nullptr;
  return text ? std::string_view(*text) : std::string_view();
}

}  // namespace

Flow::Handler Flow::handler(std::string_view event) {
  if (event == "command send") return &Flow::command_send;
  if (event == "command done") return &Flow::command_done;
  if (event == "command error") return &Flow::command_error;
  if (event == "query") return &Flow::query;
  if (event == "con") return &Flow::con;
  return nullptr;
}

void Flow::received(Client& client, socketio::Event& event) {
  const auto handle = handler(event.name);
  if (!handle) return;
  const Turn turn(*this);
  auto ack = std::move(event.ack);
  (this->*handle)(client, event.object());
  if (ack) ack();
}

// ---- Users --------------------------------------------------------------------------------------------

// Asked when it matters, because a later request of a connection may tell which page it belongs to.
bool Flow::is_trusted(const Client& client) const {
  return client.socket && (options_.pages || client.socket->origin().empty());
}

void Flow::query(Client& client, const boost::json::object& data) {
  const auto id = text_of(data, "monitor_id");
  const auto refuse = [&](std::string_view why) { expel(client, packet("query failed", "reason", why)); };
  if (!client.rights.query) return refuse("Invalid token");
  if (!is_monitor_id(id, options_.id_length)) return refuse("Invalid monitor_id");
  if (id == options_.house && !is_trusted(client)) return refuse(kPage);
  bind(client, id);
  client.emit(kQueryOk);
}

void Flow::bind(Client& user, std::string_view id) {
  user.at_house = id == options_.house;
  if (user.target && user.target->id == id) return;
  if (auto* before = user.target) {
    before->unbind(user);
    release(before);
  }
  if (!user.at_house) monitor(id).bind(user);
}

void Flow::command_send(Client& client, const boost::json::object& data) {
  const auto text = text_of(data, "command");
  const bool is_bound = client.target || client.at_house;
  if (text.empty() || text.size() > kMostCommand || !is_bound) return client.emit(failed("Invalid command"));
  ++commands_;
  client.emit(kCommandOk, net::Haste::kSoon);  // its end is close behind
  client.at_house ? to_house(client, text) : to_monitor(client, text);
}

void Flow::to_monitor(Client& user, std::string_view text) {
  auto& monitor = *user.target;
  if (!monitor.client) return user.emit(failed("monitor not connected"));
  const auto now = hooks_.now();
  if (monitor.is_busy(now) || monitor.client->is_behind()) return user.emit(failed("busy"));
  monitor.note(user, monitor.count_sent(now));
  monitor.client->emit(packet("command do", "command", text));
}

void Flow::to_house(Client& user, std::string_view text) {
  if (user.asked >= kMostAsked || user.is_behind()) return user.emit(failed("busy"));
  const auto ticket = ++last_ticket_;
  asked_[ticket] = &user;
  ++user.asked;
  hooks_.house(text, [this, ticket](Result<boost::json::object> result) {
    const auto asked = asked_.find(ticket);
    if (asked == asked_.end()) return;  // the user has gone
    const Turn turn(*this);
    auto& asker = *asked->second;
    asked_.erase(asked);
    --asker.asked;
    if (!result.ok()) return asker.emit(failed(result.error().words));
    if (result->empty()) return asker.emit(kFinish);
    boost::json::array args;
    args.emplace_back(boost::json::object{{"reason", "Command finish"}, {"result", std::move(*result)}});
    asker.emit(socketio::event_json("command finish", args));
  });
}

// ---- Monitors -----------------------------------------------------------------------------------------

void Flow::con(Client& client, const boost::json::object& data) {
  const auto id = text_of(data, "monitor_id");
  const auto refuse = [&](std::string_view why) { expel(client, packet("con failed", "reason", why)); };
  if (!client.rights.con) return refuse("Invalid token");
  if (!is_monitor_id(id, options_.id_length)) return refuse("Invalid monitor_id");
  if (id == options_.house) return refuse(kTaken);
  auto& wanted = monitor(id);
  if (client.waits_for == &wanted) return;
  if (client.waits_for) {
    auto* before = std::exchange(client.waits_for, nullptr);
    before->contender = nullptr;
    release(before);
  }
  if (wanted.client == &client) return client.emit(kConOk);
  if (!wanted.client) return become(client, wanted);
  // Only who has no id yet may wait for one, or else waiting could go round in circles.
  client.self ? refuse(kTaken) : contend(client, wanted);
}

// The one that is there may be a link that has died unnoticed: it is asked before the newcomer hears no.
void Flow::contend(Client& newcomer, Monitor& monitor) {
  if (monitor.contender) return expel(newcomer, packet("con failed", "reason", kTaken));
  monitor.contender = &newcomer;
  newcomer.waits_for = &monitor;
  auto* present = monitor.client->socket;
  if (monitor.probe != 0 || !present) return;
  monitor.probe = ++last_probe_;
  present->probe(kProof,
                 [this, id = monitor.id, probe = monitor.probe](bool alive) { proven(id, probe, alive); });
}

void Flow::proven(std::string_view id, std::uint64_t probe, bool alive) {
  auto* monitor = find(id);
  if (!monitor || monitor->probe != probe) return;
  const Turn turn(*this);
  monitor->probe = 0;
  if (!monitor->contender) return;
  if (!alive) {
    if (hooks_.evicted) hooks_.evicted(monitor->id);
    return retire(*monitor->client);  // the contender takes its place when it is forgotten
  }
  auto& newcomer = *std::exchange(monitor->contender, nullptr);
  newcomer.waits_for = nullptr;
  expel(newcomer, packet("con failed", "reason", kTaken));
}

void Flow::become(Client& client, Monitor& monitor) {
  if (auto* before = client.self) {
    disconnected(*before);
    release(before);
  }
  client.self = &monitor;
  monitor.client = &client;
  client.is_device = is_trusted(client);
  client.emit(kConOk);
  if (client.is_device && hooks_.came) hooks_.came(monitor.id);
}

void Flow::command_done(Client& client, const boost::json::object&) {
  if (!client.self) return;
  if (const auto done = client.self->count_answer(hooks_.now())) done({});
  tell_users(*client.self, kFinish);
}

void Flow::command_error(Client& client, const boost::json::object& data) {
  if (!client.self) return;
  auto reason = protocols::cut(text_of(data, "reason"), kMostReason);
  if (reason.empty()) reason = "Command failed";
  if (const auto done = client.self->count_answer(hooks_.now()))
    done({ErrorCode::kFailed, std::string(reason)});
  tell_users(*client.self, failed(reason));
}

void Flow::tell_users(const Monitor& monitor, std::string_view json) {
  for (const auto* user : monitor.users) user->emit(json);
}

void Flow::command(const std::string& id, std::string_view text, Done done) {
  const Turn turn(*this);
  auto* monitor = find(id);
  if (!monitor || !monitor->client || !monitor->client->is_device)
    return done({ErrorCode::kUnreachable, "the monitor is not connected"});
  const auto now = hooks_.now();
  monitor->give_up(now);
  if (monitor->asked.size() >= Monitor::kMostOut || monitor->is_busy(now) || monitor->client->is_behind())
    return done({ErrorCode::kBusy, "the monitor has too many commands to answer"});
  monitor->asked.push_back({monitor->count_sent(now), std::move(done)});
  ++commands_;
  monitor->client->emit(packet("command do", "command", text));
}

}  // namespace hearth::monitor
