// One idea: Engine.IO and Socket.IO servers, side by side on one HTTP server. They give back what they get.
#include "hearth/plugin.hpp"
#include "hearth/socketio/server.hpp"

namespace {

namespace net = hearth::net;
namespace socketio = hearth::socketio;

class SocketIoEcho : public hearth::Plugin {
 public:
  explicit SocketIoEcho(hearth::Context& context)
      : Plugin(context),
        io_(context),
        engine_(io_, socketio::EngineOptions::from(context.config), echo_messages),
        server_(io_, socketio::ServerOptions::from(context.config)) {
    server_.offer("/", echo_events);
    server_.offer("/custom", echo_events);
  }

  void start() override {
    net::HttpServerOptions options;
    options.listener.listen = ctx.config.text("listen");
    engine_.install(options);
    server_.install(options);
    auto http =
        net::HttpServer::open(io_, options, [this](const std::shared_ptr<net::HttpExchange>& exchange) {
          if (engine_.serves(exchange->request())) return engine_.handle(exchange);
          if (server_.serves(exchange->request())) return server_.handle(exchange);
          exchange->answer(net::HttpResponse::text(404, "here are only /engine.io/ and /socket.io/"));
        });
    if (!http.ok()) throw std::runtime_error(http.error().words);
    http_ = std::move(*http);
    ctx.note("listen", http_->address());
    ctx.log.info("listening on ", http_->address());
  }

  void stop() override { http_.reset(); }

 private:
  // The session owns what it is given here, so it is captured bare.
  static void echo_messages(const std::shared_ptr<socketio::EngineSession>& session) {
    session->on_message([raw = session.get()](std::string_view data, bool binary) {
      binary ? raw->send_binary(data) : raw->send_text(data);
    });
  }

  static void echo_events(const std::shared_ptr<socketio::Socket>& socket, const socketio::Joining& joining) {
    socket->emit("auth", {joining.auth});
    socket->on_event([raw = socket.get()](socketio::Event& event) {
      if (event.name == "message") raw->emit("message-back", event.args, event.attachments);
      if (event.name == "message-with-ack") event.ack(event.args, event.attachments);
    });
  }

  net::Io io_;
  socketio::EngineServer engine_;
  socketio::Server server_;
  std::unique_ptr<net::HttpServer> http_;
};

}  // namespace

HEARTH_PLUGIN(SocketIoEcho)
