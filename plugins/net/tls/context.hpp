// Context: certificates, keys and rules, shared by the connections of one server or client.
#ifndef HEARTH_NET_TLS_CONTEXT_HPP
#define HEARTH_NET_TLS_CONTEXT_HPP

#include <functional>
#include <memory>
#include <string>

#include "hearth/net/layer.hpp"
#include "hearth/net/tls.hpp"
#include "openssl.hpp"

namespace hearth::net::tls {

class Context : public std::enable_shared_from_this<Context> {
 public:
  static Result<std::shared_ptr<Context>> for_server(const TlsServerOptions& options);
  static Result<std::shared_ptr<Context>> for_client(const TlsClientOptions& options);

  explicit Context(std::shared_ptr<const OpenSsl> openssl);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context();

  std::unique_ptr<Layer> accept();
  // `host` must be named by the server's certificate. `ready` is called once, when the handshake is done,
  // from inside Layer::read().
  std::unique_ptr<Layer> connect(const std::string& host, std::function<void()> ready);

  const OpenSsl& openssl() const { return *openssl_; }
  const BIO_METHOD* socket() const { return socket_; }

 private:
  Status use_own(const std::string& certificate, const std::string& key);
  Status trust(const std::string& file);
  Error error(std::string_view what, const std::string& file) const;

  const std::shared_ptr<const OpenSsl> openssl_;
  SSL_CTX* context_ = nullptr;
  BIO_METHOD* socket_ = nullptr;
  bool verify_ = true;
};

}  // namespace hearth::net::tls

#endif
