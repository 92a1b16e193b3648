// Wiring of the plugin.
#include "athome.hpp"

#include <unistd.h>

#include <array>

#include "session.hpp"

namespace hearth::athome {

namespace {

constexpr std::size_t kMaxResponse = 16 * 1024 * 1024;  // all devices of the largest house at once

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

}  // namespace

AtHome::AtHome(Context& context)
    : Protocol(context),
      io_(context),
      presets_(context.saved),
      devices_(house_, presets_),
      responses_(host_name(), [this] { return ctx.loop.wall().count(); }),
      services_(make_services()),
      import_(ctx, services_) {}

Services AtHome::make_services() {
  return {house_,
          devices_,
          presets_,
          responses_,
          ctx.bus,
          [this](std::string_view id) { return drivers_.contains(id); },
          [this](std::string device, std::string capability, Value value,
                 std::function<void(const CommandDone&)> done, std::chrono::milliseconds time) {
            return command(std::move(device), std::move(capability), std::move(value), std::move(done), 0,
                           time);
          },
          [this](std::function<void(Status)> done) { return save_presets(std::move(done)); }};
}

// Devices that are gone take theirs with them.
Handle AtHome::save_presets(std::function<void(Status)> done) {
  presets_.prune([this](std::uint32_t number) { return house_.find(number) != nullptr; });
  return ctx.save(presets_.bytes(), std::move(done));
}

void AtHome::start() {
  // The first client sees the whole house: it waits in the kernel's queue until that is here.
  house_.follow(
      ctx, [this](const House::Device& device) { devices_.changed(device); },
      [this] {
        if (listener_) listener_->admit();
      });
  plugins_ = ctx.bus.subscribe<PluginState>([this](const PluginState& plugin) {
    if (plugin.kind == "driver") drivers_.insert(plugin.plugin);
  });

  on_verb("import", [this](Verb verb) { import_.run(std::move(verb)); });

  auto options = net::ListenerOptions::from(ctx.config);
  options.closed_at_first = true;
  options.max_per_address = static_cast<std::size_t>(ctx.config.integer("max_connections_per_address"));
  options.limits.max_output = kMaxResponse;
  const auto patience = std::chrono::seconds(ctx.config.integer("request_timeout_s"));
  auto listener = net::Listener::open(io_, options, [this, patience](net::Connection& connection) {
    Session::serve(connection, services_, patience);
  });
  if (!listener.ok()) throw std::runtime_error(listener.error().words);
  listener_ = std::move(*listener);
  ctx.note("listen", listener_->address());
  ctx.log.info("listening on ", listener_->address());
}

void AtHome::stop() {
  listener_.reset();
  io_.linger.clear();
}

}  // namespace hearth::athome

HEARTH_PLUGIN(hearth::athome::AtHome)
