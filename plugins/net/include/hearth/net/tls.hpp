// TLS for listeners and outgoing connections. In a library of its own, hearth_net_tls.
#ifndef HEARTH_NET_TLS_HPP
#define HEARTH_NET_TLS_HPP

#include <memory>
#include <string>

#include "hearth/config.hpp"
#include "hearth/net/connect.hpp"
#include "hearth/net/layer.hpp"

namespace hearth::net {

namespace tls {
class Context;
}

// Linking hearth_net_tls costs nothing: OpenSSL (2 MB of memory, and as much again for the first context) is
// looked for and loaded by the first load() below, and stays until the process ends.
//
// TLS 1.2 and 1.3, no compression, no renegotiation. Files are PEM. A key with a passphrase is refused.

struct TlsServerOptions {
  std::string certificate{};  // the server's own first, then the chain
  std::string key{};
  std::string client_ca{};  // not empty: clients must show a certificate of these authorities
};

// What a server needs to be secure. Copies share it. [loop]
class TlsServer {
 public:
  // kInvalid, with the file and OpenSSL's reason; kFailed if there is no OpenSSL. Reads files.
  static Result<TlsServer> load(const TlsServerOptions& options);
  // From the keys that every listening HTTP protocol has: tls_certificate, tls_key. Empty without them;
  // kInvalid too if one of them is missing.
  static Result<LayerMaker> layer_from(const Config& config);
  // For HttpServerOptions::layer, or Connection::use() in a Listener's own function.
  LayerMaker layer() const;

 private:
  explicit TlsServer(std::shared_ptr<tls::Context> context) : context_(std::move(context)) {}
  std::shared_ptr<tls::Context> context_;
};

struct TlsClientOptions {
  std::string ca_file{};  // authorities that are trusted; empty: the system's
  // Whether the server's certificate is checked, chain and name. Off, anybody in between can read and answer.
  bool verify = true;
  std::string certificate{}, key{};  // this side's own, if servers ask for one
};

// What clients need to be secure. Copies share it. [loop]
class TlsClient {
 public:
  static Result<TlsClient> load(const TlsClientOptions& options);
  // For HttpClientOptions::connector. Connected once TLS stands: `host` is what the certificate must name. A
  // certificate that doesn't fit is kUnreachable, with OpenSSL's reason. ConnectOptions::timeout is for all
  // of it.
  Connector connector() const;

 private:
  explicit TlsClient(std::shared_ptr<tls::Context> context) : context_(std::move(context)) {}
  std::shared_ptr<tls::Context> context_;
};

}  // namespace hearth::net

#endif
