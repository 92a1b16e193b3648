// What users of TLS see: contexts behind handles, and connections that are secure when they are handed over.
#include "hearth/net/tls.hpp"

#include <utility>

#include "context.hpp"
#include "hearth/log.hpp"

namespace hearth::net {

namespace {

// TCP, then the handshake, within one time.
class TlsAttempt : public std::enable_shared_from_this<TlsAttempt> {
 public:
  TlsAttempt(Io& io, std::shared_ptr<tls::Context> context, std::string host, Connected done)
      : context_(std::move(context)),
        host_(std::move(host)),
        done_(std::move(done)),
        deadline_(io.deadlines, [this] {
          finish(Error{ErrorCode::kTimeout, concat(host_, ": no secure connection in time")});
        }) {}
  TlsAttempt(const TlsAttempt&) = delete;
  TlsAttempt& operator=(const TlsAttempt&) = delete;
  ~TlsAttempt() { drop(); }

  void begin(Io& io, std::uint16_t port, const ConnectOptions& options) {
    deadline_.set(options.timeout);
    tcp_ = connect(io, host_, port, options, [this](auto result) { connected(std::move(result)); });
  }

 private:
  void connected(Result<std::shared_ptr<Connection>> result) {
    if (!result.ok()) return finish(result.error());
    connection_ = *std::move(result);
    connection_->use(context_->connect(host_, [this] { ready(); }));
    connection_->on_end([this] { failed("the peer closed the connection"); });
    connection_->on_closed([this](const Error& error) { failed(error.words); });
  }

  // The new owner finds a connection without callbacks.
  void ready() {
    const auto connection = std::exchange(connection_, nullptr);
    if (!connection) return;
    connection->on_end(nullptr);
    connection->on_closed(nullptr);
    finish(connection);
  }

  void failed(std::string_view words) { finish(Error{ErrorCode::kUnreachable, concat(host_, ": ", words)}); }

  void finish(Result<std::shared_ptr<Connection>> outcome) {
    const auto keep = shared_from_this();  // done may drop the attempt
    deadline_.clear();
    drop();
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(outcome));
  }

  void drop() {
    if (const auto connection = std::exchange(connection_, nullptr)) connection->close();
  }

  const std::shared_ptr<tls::Context> context_;
  const std::string host_;
  Connected done_;
  Deadline deadline_;
  Attempt tcp_;
  std::shared_ptr<Connection> connection_;
};

}  // namespace

Result<TlsServer> TlsServer::load(const TlsServerOptions& options) {
  auto context = tls::Context::for_server(options);
  if (!context.ok()) return context.error();
  return TlsServer(*std::move(context));
}

Result<LayerMaker> TlsServer::layer_from(const Config& config) {
  const auto certificate = config.text("tls_certificate"), key = config.text("tls_key");
  if (certificate.empty() != key.empty())
    return Error{ErrorCode::kInvalid, "tls_certificate and tls_key belong together: one of them is missing"};
  if (certificate.empty()) return LayerMaker();
  const auto tls = load({.certificate = certificate, .key = key});
  if (!tls.ok()) return tls.error();
  return tls->layer();
}

LayerMaker TlsServer::layer() const {
  return [context = context_] { return context->accept(); };
}

Result<TlsClient> TlsClient::load(const TlsClientOptions& options) {
  auto context = tls::Context::for_client(options);
  if (!context.ok()) return context.error();
  return TlsClient(*std::move(context));
}

Connector TlsClient::connector() const {
  return [context = context_](Io& io, std::string host, std::uint16_t port, const ConnectOptions& options,
                              Connected done) -> Attempt {
    auto attempt = std::make_shared<TlsAttempt>(io, context, std::move(host), std::move(done));
    attempt->begin(io, port, options);
    return attempt;
  };
}

}  // namespace hearth::net
