// Wiring of the plugin, and its clients as devices of the house.
#include "relay.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <stdexcept>

#include "answers.hpp"
#include "hearth/net/json.hpp"

namespace hearth::relay {

namespace {

constexpr auto kPatience = std::chrono::seconds(60);  // with a client that takes nothing

// Clients may be idle for ever, so dead ones have to be asked: the first time after a minute of silence.
void keep_alive(int fd) {
  const auto set = [fd](int level, int name, int value) {
    (void)::setsockopt(fd, level, name, &value, sizeof value);  // without it the dead stay longer, no more
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set(IPPROTO_TCP, TCP_KEEPCNT, 4);
}

}  // namespace

Relay::Relay(Context& context)
    : Protocol(context),
      io_(context),
      targets_(house_, ctx.id,
               [this](std::string device, std::string capability, Value value,
                      std::function<void(const CommandDone&)> done) {
                 return command(std::move(device), std::move(capability), std::move(value), std::move(done));
               }),
      devices_(
          ctx, house_,
          {.noun = "client",
           .name_of = [](const std::string& id) { return id; },
           .apply = [this](const Command& command, Completion done) { apply(command, std::move(done)); }}),
      directory_(hooks()),
      router_(directory_, targets_, ctx.config.text("token"),
              [this](std::function<void()> task) { ctx.loop.post(std::move(task)); }) {}

Directory::Hooks Relay::hooks() {
  return {[this](const std::string& name) {
            const auto holder = targets_.holder(name);
            return holder.empty() ? std::string() : concat("the device ", holder, " is called so");
          },
          [this](const Card& card) { came(card); },
          [this](const std::string& name, const std::string& why) { devices_.went(name, why); }};
}

void Relay::came(const Card& card) {
  const std::pair<std::string, const std::string&> facts[] = {{"relay.description", card.description},
                                                              {"relay.version", card.version},
                                                              {"relay.interface", card.interface}};
  Device device{.id = card.name, .name = {}, .capabilities = {"payload"}, .kind = "client"};
  for (const auto& [name, text] : facts)
    if (!text.empty()) device.capabilities.emplace_back(name, ValueType::kText);
  if (!devices_.came(std::move(device))) return;
  for (const auto& [name, text] : facts)
    if (!text.empty()) devices_.report(card.name, name, text);
}

// What is JSON goes as it is, other words as a string.
std::string Relay::payload_of(const std::string& text) {
  if (reader_.read_payload(text).ok()) return reader_.payload();
  std::string payload;
  net::json::append_text(payload, text);
  return payload;
}

void Relay::apply(const Command& command, Completion done) {
  const auto* text = std::get_if<std::string>(&command.value);
  if (!text) return done.fail(ErrorCode::kInvalid, "a payload is a text");
  switch (router_.send(command.device, payload_of(*text))) {
    case Router::Sent::kYes: return done.ok(command.value);
    case Router::Sent::kUnknown: return done.fail(ErrorCode::kUnreachable, "the client isn't registered");
    case Router::Sent::kTooLong:
      return done.fail(ErrorCode::kInvalid, "with its sender the packet would have 1024 characters or more");
    case Router::Sent::kFull: return done.fail(ErrorCode::kBusy, "the client is not reading");
  }
}

void Relay::start() {
  // The first client sees the whole house: it waits in the kernel's queue until that is here.
  house_.follow(ctx, {}, [this] {
    devices_.recall();
    if (listener_) listener_->admit();
  });
  devices_.begin();
  auto options = net::ListenerOptions::from(ctx.config);
  options.closed_at_first = true;
  options.max_per_address = static_cast<std::size_t>(ctx.config.integer("max_connections_per_address"));
  options.limits.write_timeout = kPatience;
  auto listener = net::Listener::open(io_, options, [this](net::Connection& connection) {
    keep_alive(connection.fd());
    Client::serve(connection, router_);
  });
  if (!listener.ok()) throw std::runtime_error(listener.error().words);
  listener_ = std::move(*listener);
  ctx.note("listen", listener_->address());
  ctx.log.info("listening on ", listener_->address());
}

void Relay::stop() {
  devices_.end();
  listener_.reset();
  io_.linger.clear();
}

}  // namespace hearth::relay

HEARTH_PLUGIN(hearth::relay::Relay)
