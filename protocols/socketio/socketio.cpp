// Wiring of the plugin.
#include "socketio.hpp"

#include <stdexcept>

#include "common/words.hpp"
#include "hearth/net/tls.hpp"
#include "page.hpp"

namespace hearth::monitor {

namespace {

FlowOptions flow_options(const Config& config) {
  const auto length = static_cast<std::size_t>(config.integer("monitor_id_length"));
  // Pages that `origins` doesn't name can't connect if it names any.
  FlowOptions options{length, config.text("local_monitor"), !config.texts("origins").empty()};
  if (options.house.empty()) {
    options.house = "hearth";
    if (length != 0) options.house.resize(length, '0');
  }
  if (!is_monitor_id(options.house, length))
    throw std::runtime_error(concat("local_monitor has to have ",
                                    length == 0 ? "1 to 256" : std::to_string(length),
                                    " characters, as monitor_id_length says"));
  return options;
}

}  // namespace

SocketIo::SocketIo(Context& context)
    : Protocol(context),
      io_(context),
      bridge_(house_.devices(),
              [this](std::string device, std::string capability, Value value,
                     std::function<void(const CommandDone&)> done) {
                return command(std::move(device), std::move(capability), std::move(value), std::move(done));
              }),
      flow_(flow_options(ctx.config), hooks()),
      devices_(ctx, flow_, house_),
      access_(ctx.config.text("user_token"), ctx.config.text("monitor_token")) {}

FlowHooks SocketIo::hooks() {
  return {[this](std::string_view text, FlowHooks::Answer answer) { bridge_.run(text, std::move(answer)); },
          [this](const std::string& id) { devices_.came(id); },
          [this](const std::string& id) { devices_.went(id); },
          [this](const std::string& id) {
            if (const auto times = evicted_.happened(ctx.loop.steady()))
              ctx.log.warning("the monitor ", protocols::cut(id, 64),
                              " was silent and has lost its place to another one (", times,
                              " since the last line)");
          },
          [this] { return ctx.loop.steady(); }};
}

net::HttpServerOptions SocketIo::http_options() const {
  net::HttpServerOptions options{.listener = net::ListenerOptions::from(ctx.config)};
  options.listener.closed_at_first = true;
  options.listener.max_per_address =
      static_cast<std::size_t>(ctx.config.integer("max_connections_per_address"));
  auto layer = net::TlsServer::layer_from(ctx.config);
  if (!layer.ok()) throw std::runtime_error(layer.error().words);
  options.layer = *std::move(layer);
  return options;
}

void SocketIo::offer() {
  server_ = std::make_unique<socketio::Server>(io_, socketio::ServerOptions::from(ctx.config));
  server_->offer(
      "/",
      [this](const std::shared_ptr<socketio::Socket>& socket, const socketio::Joining&) {
        flow_.join(*socket, admitted_);
      },
      [this](const socketio::Joining& joining) { return admit(joining); });
}

// Whoever is admitted joins before anybody else is asked for.
Status SocketIo::admit(const socketio::Joining& joining) {
  const auto rights = access_.judge(joining.auth);
  if (rights.ok()) {
    admitted_ = *rights;
  } else if (const auto times = refused_.happened(ctx.loop.steady())) {
    ctx.log.warning("refused ", joining.peer.text(), ": ", rights.error().words, " (", times,
                    " since the last line)");
  }
  return rights.status();
}

void SocketIo::start() {
  // The first client sees the whole house: it waits in the kernel's queue until that is here.
  house_.follow(ctx, {}, [this] {
    devices_.recall();
    if (http_) http_->listener().admit();
  });
  devices_.begin();
  offer();
  auto options = http_options();
  server_->install(options);
  auto http = net::HttpServer::open(io_, options, [this](const std::shared_ptr<net::HttpExchange>& exchange) {
    const auto& request = exchange->request();
    if (server_->serves(request)) return server_->handle(exchange);
    exchange->answer(answer_page(request, server_->size(), flow_.counts(), HEARTH_VERSION));
  });
  if (!http.ok()) throw std::runtime_error(http.error().words);
  http_ = std::move(*http);
  ctx.note("listen", http_->address());
  ctx.log.info("listening on ", http_->address());
}

void SocketIo::stop() {
  devices_.end();
  flow_.clear();  // answers of the house come even after this
  server_.reset();
  http_.reset();
  io_.linger.clear();
}

}  // namespace hearth::monitor

HEARTH_PLUGIN(hearth::monitor::SocketIo)
