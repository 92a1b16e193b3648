// OpenSSL's answers as those of a socket.
#include "tls_layer.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <new>
#include <utility>

#include "hearth/log.hpp"

namespace hearth::net::tls {

namespace {

constexpr int kBioType = BIO_TYPE_SOURCE_SINK | 0x7f;

// Whose call into OpenSSL is running on this thread. A BIO's functions get nothing but the BIO, and what it
// carries can only be asked of OpenSSL, whose functions are found through this.
thread_local TlsLayer* running = nullptr;

template <class Call>
int transfer(BIO* bio, int retry, Call system_call) {
  if (!running) return -1;
  const auto& s = running->openssl();
  s.bio_clear_flags(bio, BIO_FLAGS_RWS | BIO_FLAGS_SHOULD_RETRY);
  const auto n = system_call(running->fd());
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) s.bio_set_flags(bio, retry | BIO_FLAGS_SHOULD_RETRY);
  return static_cast<int>(n);
}

int send_bytes(BIO* bio, const char* bytes, int size) {
  return transfer(bio, BIO_FLAGS_WRITE, [&](int fd) {
    return ::send(fd, bytes, static_cast<std::size_t>(size), MSG_DONTWAIT | MSG_NOSIGNAL);
  });
}

int receive_bytes(BIO* bio, char* bytes, int size) {
  return transfer(bio, BIO_FLAGS_READ,
                  [&](int fd) { return ::recv(fd, bytes, static_cast<std::size_t>(size), MSG_DONTWAIT); });
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

int to_int(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

// Around every call that may reach the socket.
class TlsLayer::Turn {
 public:
  Turn(TlsLayer& layer, int fd) : before_(std::exchange(running, &layer)) {
    layer.fd_ = fd;
    layer.openssl_.clear_error();
    errno = 0;
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() { running = before_; }

 private:
  TlsLayer* const before_;
};

BIO_METHOD* new_socket_method(const OpenSsl& openssl) {
  auto* method = openssl.bio_meth_new(kBioType, "hearth socket");
  if (!method) return nullptr;
  openssl.bio_meth_set_write(method, send_bytes);
  openssl.bio_meth_set_read(method, receive_bytes);
  openssl.bio_meth_set_ctrl(method, control);
  return method;
}

TlsLayer::TlsLayer(std::shared_ptr<Context> context, SSL* ssl, std::function<void()> ready)
    : context_(std::move(context)), openssl_(context_->openssl()), ssl_(ssl), ready_(std::move(ready)) {
  auto* bio = openssl_.bio_new(context_->socket());
  if (!bio) {
    openssl_.ssl_free(ssl_);
    throw std::bad_alloc();
  }
  openssl_.bio_set_init(bio, 1);
  openssl_.set_bio(ssl_, bio, bio);
}

TlsLayer::~TlsLayer() { openssl_.ssl_free(ssl_); }

ssize_t TlsLayer::read(int fd, char* to, std::size_t size) {
  int n = -1;
  const auto outcome = call(fd, [&] { return n = openssl_.read(ssl_, to, to_int(size)); });
  read_writes_ = outcome == Outcome::kWaitsToWrite;
  if (outcome != Outcome::kFailed && openssl_.is_init_finished(ssl_)) {
    write_reads_ = false;
    if (const auto tell = std::exchange(ready_, nullptr)) tell();
  }
  return as_of_a_socket(outcome, n);
}

ssize_t TlsLayer::write(int fd, std::string_view bytes) {
  int n = -1;
  const auto outcome = call(fd, [&] { return n = openssl_.write(ssl_, bytes.data(), to_int(bytes.size())); });
  write_reads_ = outcome == Outcome::kWaitsToRead;
  if (outcome == Outcome::kEnded) fail("the peer has ended TLS");
  return as_of_a_socket(failed_ ? Outcome::kFailed : outcome, n);
}

ssize_t TlsLayer::as_of_a_socket(Outcome outcome, int bytes) {
  switch (outcome) {
    case Outcome::kDone: return bytes;
    case Outcome::kEnded: return 0;
    case Outcome::kWaitsToRead:
    case Outcome::kWaitsToWrite: errno = EAGAIN; return -1;
    case Outcome::kFailed: break;
  }
  errno = EPROTO;
  return -1;
}

template <class Call>
TlsLayer::Outcome TlsLayer::call(int fd, Call into_openssl) {
  if (failed_) return Outcome::kFailed;
  const Turn turn(*this, fd);
  const int result = into_openssl();
  if (result > 0) return Outcome::kDone;
  const auto error = errno;
  switch (openssl_.get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ: return Outcome::kWaitsToRead;
    case SSL_ERROR_WANT_WRITE: return Outcome::kWaitsToWrite;
    case SSL_ERROR_ZERO_RETURN: return Outcome::kEnded;
    case SSL_ERROR_SYSCALL:
      fail(error != 0 ? std::strerror(error) : "the connection ended without TLS's goodbye");
      break;
    default:
      const auto verdict = openssl_.get_verify_result(ssl_);
      fail(verdict != X509_V_OK ? openssl_.verify_cert_error_string(verdict) : openssl_.reason());
      break;
  }
  return Outcome::kFailed;
}

void TlsLayer::fail(std::string_view words) {
  failed_ = true;
  failure_ = concat("TLS: ", words);
}

void TlsLayer::end(int fd) {
  if (!failed_ && openssl_.is_init_finished(ssl_)) call(fd, [&] { return openssl_.shutdown(ssl_); });
}

}  // namespace hearth::net::tls
