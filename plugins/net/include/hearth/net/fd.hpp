// Fd: owns one file descriptor.
#ifndef HEARTH_NET_FD_HPP
#define HEARTH_NET_FD_HPP

#include <unistd.h>

#include <utility>

namespace hearth::net {

// The sockets of connections are held bare, not as Poco::Net::StreamSocket: Poco's accept costs two more
// system calls for each (it knows neither accept4 nor a descriptor that is non-blocking already) and throws
// where a peer's reset is everyday life.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() { reset(); }

  void reset() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

}  // namespace hearth::net

#endif
