// Making contexts from files.
#include "context.hpp"

#include <arpa/inet.h>
#include <fcntl.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <new>

#include "hearth/log.hpp"
#include "hearth/net/fd.hpp"
#include "tls_layer.hpp"

namespace hearth::net::tls {

namespace {

// OpenSSL would ask on the terminal, and wait.
int no_passphrase(char*, int, int, void*) { return 0; }

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

Context::Context(std::shared_ptr<const OpenSsl> openssl) : openssl_(std::move(openssl)) {
  const auto& s = *openssl_;
  context_ = s.ctx_new(s.tls_method());
  socket_ = new_socket_method(s);
  if (!context_ || !socket_) throw std::bad_alloc();
  s.ctx_ctrl(context_, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS1_2_VERSION, nullptr);
  s.ctx_ctrl(context_, SSL_CTRL_MODE,
             SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS,
             nullptr);
  s.ctx_ctrl(context_, SSL_CTRL_SET_SESS_CACHE_MODE, SSL_SESS_CACHE_OFF, nullptr);
  s.ctx_set_options(context_,
                    SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  s.ctx_set_default_passwd_cb(context_, no_passphrase);
}

Context::~Context() {
  if (context_) openssl_->ctx_free(context_);
  if (socket_) openssl_->bio_meth_free(socket_);
}

// OpenSSL has no words for what the system refuses: a file that isn't there, or not for this process.
Error Context::error(std::string_view what, const std::string& file) const {
  const bool readable = file.empty() || Fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC)).get() >= 0;
  const std::string why = readable ? std::string(openssl_->reason()) : std::strerror(errno);
  return {ErrorCode::kInvalid, concat("TLS: cannot use ", what, " ", file, ": ", why)};
}

Status Context::use_own(const std::string& certificate, const std::string& key) {
  openssl_->clear_error();
  if (openssl_->ctx_use_certificate_chain_file(context_, certificate.c_str()) != 1)
    return error("the certificate", certificate);
  if (openssl_->ctx_use_private_key_file(context_, key.c_str(), SSL_FILETYPE_PEM) != 1)
    return error("the key", key);
  if (openssl_->ctx_check_private_key(context_) != 1) return error("the key", key);
  return {};
}

Status Context::trust(const std::string& file) {
  openssl_->clear_error();
  const int done = file.empty() ? openssl_->ctx_set_default_verify_paths(context_)
                                : openssl_->ctx_load_verify_file(context_, file.c_str());
  if (done != 1) return error("the authorities in", file);
  return {};
}

Result<std::shared_ptr<Context>> Context::for_server(const TlsServerOptions& options) {
  auto openssl = OpenSsl::load();
  if (!openssl.ok()) return openssl.error();
  auto context = std::make_shared<Context>(*std::move(openssl));
  const auto& s = context->openssl();
  if (const auto own = context->use_own(options.certificate, options.key); !own.ok()) return own.error();
  if (options.client_ca.empty()) return context;
  if (const auto trusted = context->trust(options.client_ca); !trusted.ok()) return trusted.error();
  s.ctx_set_client_ca_list(context->context_, s.load_client_ca_file(options.client_ca.c_str()));
  s.ctx_set_verify(context->context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  // Needed for tickets once clients are verified.
  constexpr std::string_view kName = "hearth";
  s.ctx_set_session_id_context(context->context_, reinterpret_cast<const unsigned char*>(kName.data()),
                               static_cast<unsigned>(kName.size()));
  return context;
}

Result<std::shared_ptr<Context>> Context::for_client(const TlsClientOptions& options) {
  auto openssl = OpenSsl::load();
  if (!openssl.ok()) return openssl.error();
  auto context = std::make_shared<Context>(*std::move(openssl));
  context->verify_ = options.verify;
  if (options.verify) {
    if (const auto trusted = context->trust(options.ca_file); !trusted.ok()) return trusted.error();
    context->openssl().ctx_set_verify(context->context_, SSL_VERIFY_PEER, nullptr);
  }
  if (!options.certificate.empty())
    if (const auto own = context->use_own(options.certificate, options.key); !own.ok()) return own.error();
  return context;
}

std::unique_ptr<Layer> Context::accept() {
  auto* ssl = openssl_->ssl_new(context_);
  if (!ssl) throw std::bad_alloc();
  openssl_->set_accept_state(ssl);
  return std::make_unique<TlsLayer>(shared_from_this(), ssl, nullptr);
}

std::unique_ptr<Layer> Context::connect(const std::string& host, std::function<void()> ready) {
  const auto& s = *openssl_;
  auto* ssl = s.ssl_new(context_);
  if (!ssl) throw std::bad_alloc();
  auto layer = std::make_unique<TlsLayer>(shared_from_this(), ssl, std::move(ready));
  s.set_connect_state(ssl);
  const bool address = is_address(host);
  const int named = !verify_  ? 1
                    : address ? s.param_set1_ip_asc(s.get0_param(ssl), host.c_str())
                              : s.set1_host(ssl, host.c_str());
  if (named != 1) throw std::bad_alloc();
  if (!address)  // an address is no server name (RFC 6066, section 3)
    s.ssl_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(host.c_str()));
  return layer;
}

}  // namespace hearth::net::tls
