// bare_loop ANSWER: accepts, reads once, sends ANSWER, closes, and nothing else: what a connection costs at
// the very least.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace {

class BareLoop {
 public:
  explicit BareLoop(const char* answer) : answer_(answer), size_(std::strlen(answer)) {}

  // The port, or 0 on failure.
  int listen() {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    epoll_ = epoll_create1(EPOLL_CLOEXEC);
    const int one = 1;
    setsockopt(listener_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    const bool ok = bind(listener_, reinterpret_cast<sockaddr*>(&at), size) == 0 &&
                    ::listen(listener_, 1024) == 0 &&
                    getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size) == 0 && watch(listener_);
    return ok ? ntohs(at.sin_port) : 0;
  }

  void run() {
    std::array<epoll_event, 64> events;
    while (true) {
      const int n = epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < n; ++i) {
        const int fd = events[static_cast<std::size_t>(i)].data.fd;
        if (fd == listener_) {
          accept_some();
        } else {
          serve(fd);
        }
      }
    }
  }

 private:
  bool watch(int fd) {
    epoll_event event{EPOLLIN, {.fd = fd}};
    return epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event) == 0;
  }

  void accept_some() {
    for (int i = 0; i < 32; ++i) {
      const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      if (!serve(fd) && !watch(fd)) close(fd);
    }
  }

  // False if the request isn't there yet.
  bool serve(int fd) {
    const auto n = recv(fd, scratch_.data(), scratch_.size(), 0);
    if (n < 0 && errno == EAGAIN) return false;
    if (n > 0 && send(fd, answer_, size_, MSG_NOSIGNAL) < 0) std::perror("send");
    close(fd);
    return true;
  }

  const char* answer_;
  const std::size_t size_;
  int listener_ = -1;
  int epoll_ = -1;
  std::array<char, 65536> scratch_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  BareLoop loop(argv[1]);
  const int port = loop.listen();
  if (port == 0) return 1;
  std::printf("listening on %d\n", port);
  std::fflush(stdout);
  loop.run();
}
