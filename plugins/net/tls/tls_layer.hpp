// TlsLayer: one connection's TLS, over its non-blocking socket.
#ifndef HEARTH_NET_TLS_TLS_LAYER_HPP
#define HEARTH_NET_TLS_TLS_LAYER_HPP

#include <functional>
#include <memory>
#include <string>

#include "context.hpp"

namespace hearth::net::tls {

// The handshake is part of the first reads and writes. [loop]
class TlsLayer : public Layer {
 public:
  // Takes over `ssl`. `ready` may be empty.
  TlsLayer(std::shared_ptr<Context> context, SSL* ssl, std::function<void()> ready);
  TlsLayer(const TlsLayer&) = delete;
  TlsLayer& operator=(const TlsLayer&) = delete;
  ~TlsLayer() override;

  ssize_t read(int fd, char* to, std::size_t size) override;
  ssize_t write(int fd, std::string_view bytes) override;
  bool has_more() const override { return !failed_ && openssl_.pending(ssl_) > 0; }
  bool read_waits_to_write() const override { return read_writes_; }
  bool write_waits_to_read() const override { return write_reads_; }
  void end(int fd) override;
  std::string failure() const override { return failure_; }

  // For the BIO's functions.
  const OpenSsl& openssl() const { return openssl_; }
  int fd() const { return fd_; }

 private:
  class Turn;
  enum class Outcome { kDone, kEnded, kWaitsToRead, kWaitsToWrite, kFailed };

  template <class Call>
  Outcome call(int fd, Call into_openssl);
  static ssize_t as_of_a_socket(Outcome outcome, int bytes);
  void fail(std::string_view words);

  const std::shared_ptr<Context> context_;
  const OpenSsl& openssl_;
  SSL* const ssl_;
  std::function<void()> ready_;
  int fd_ = -1;
  bool read_writes_ = false, write_reads_ = false, failed_ = false;
  std::string failure_;
};

// How OpenSSL gets at the socket: with send() and recv(), because its own way would raise SIGPIPE.
BIO_METHOD* new_socket_method(const OpenSsl& openssl);

}  // namespace hearth::net::tls

#endif
