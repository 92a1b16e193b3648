// Sockets: the internet with `net`, never another process on this machine.
#include <linux/netlink.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "test/core/sandbox/child.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

Permissions with_net() {
  Permissions permissions;
  permissions.net = true;
  return permissions;
}

std::string made(int family, int type, int protocol = 0) { return outcome(socket(family, type, protocol)); }

// A server of a local socket, as the control socket is one.
class Listener {
 public:
  Listener(const std::string& path, int type) : fd_(socket(AF_UNIX, type | SOCK_CLOEXEC, 0)) {
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    if (type != SOCK_DGRAM) REQUIRE(listen(fd_, 1) == 0);
  }
  ~Listener() { close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::string reached_by(int fd) const {
    return outcome(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }

  sockaddr_un address{};

 private:
  int fd_;
};

}  // namespace

TEST_CASE("internet sockets need net") {
  const Place place;
  for (const int family : {AF_INET, AF_INET6})
    for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
      INFO(family << " " << type);
      CHECK(sandboxed(place.plan(), [&] { return made(family, type | SOCK_CLOEXEC); }) == "EACCES");
      // A machine without IPv6 is one too.
      const std::string here = in_child([&] { return made(family, type); });
      CHECK(sandboxed(place.plan(with_net()), [&] { return made(family, type | SOCK_CLOEXEC); }) == here);
    }
}

TEST_CASE("net includes the kernel's table of addresses and no other netlink") {
  const Place place;
  CHECK(sandboxed(place.plan(), [] { return made(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); }) == "EAFNOSUPPORT");
  CHECK(sandboxed(place.plan(with_net()), [] { return made(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE); }) == "ok");
  for (const int protocol : {NETLINK_AUDIT, NETLINK_KOBJECT_UEVENT, NETLINK_NETFILTER, NETLINK_GENERIC})
    CHECK(sandboxed(place.plan(with_net()), [&] { return made(AF_NETLINK, SOCK_RAW, protocol); }) ==
          "EAFNOSUPPORT");
}

TEST_CASE("every other family is refused, with net too") {
  const Place place;
  for (const int family :
       {AF_UNIX, AF_PACKET, AF_BLUETOOTH, AF_ALG, AF_VSOCK, AF_KEY, AF_CAN, AF_TIPC, -1, 10'000}) {
    INFO(family);
    CHECK(sandboxed(place.plan(), [&] { return made(family, SOCK_STREAM); }) == "EAFNOSUPPORT");
    CHECK(sandboxed(place.plan(with_net()), [&] { return made(family, SOCK_STREAM); }) == "EAFNOSUPPORT");
  }
}

TEST_CASE("a server's local socket is out of reach, by a socket and by one of a pair") {
  const Place place;
  const Listener streams(place.path("other/stream"), SOCK_STREAM);
  const Listener packets(place.path("other/packet"), SOCK_SEQPACKET);
  Permissions permissions = with_net();
  permissions.files = {place.path("other")};
  for (const Listener* listener : {&streams, &packets}) {
    const int type = listener == &streams ? SOCK_STREAM : SOCK_SEQPACKET;
    REQUIRE(in_child([&] { return listener->reached_by(socket(AF_UNIX, type, 0)); }) == "ok");
    CHECK(sandboxed(place.plan(permissions), [&] { return made(AF_UNIX, type); }) == "EAFNOSUPPORT");
    CHECK(sandboxed(place.plan(permissions), [&] {
            int ends[2];
            if (socketpair(AF_UNIX, type, 0, ends) != 0) return std::string("no pair");
            const std::string paired = listener->reached_by(ends[0]);
            close(ends[1]);
            return paired + " " + listener->reached_by(ends[0]);
          }) == "EISCONN EISCONN");
  }
}

TEST_CASE("a pair of datagram sockets, which could send to any local socket, is refused") {
  const Place place;
  for (const int type : {SOCK_DGRAM, SOCK_RAW})
    CHECK(sandboxed(place.plan(with_net()), [&] {
            int ends[2];
            return outcome(socketpair(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends));
          }) == "EPERM");
}

TEST_CASE("a pair of stream or packet sockets needs no permission") {
  const Place place;
  for (const int type : {SOCK_STREAM, SOCK_SEQPACKET})
    CHECK(sandboxed(place.plan(), [&] {
            int ends[2];
            char letter = 0;
            if (socketpair(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) return outcome(-1);
            if (write(ends[0], "x", 1) != 1 || read(ends[1], &letter, 1) != 1) return outcome(-1);
            return std::string(1, letter);
          }) == "x");
}

TEST_CASE("with net a name is looked up and a connection made") {
  const Place place;
  CHECK(sandboxed(place.plan(with_net()), []() -> std::string {
          const int server = socket(AF_INET, SOCK_STREAM, 0);
          sockaddr_in address{};
          address.sin_family = AF_INET;
          address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
          socklen_t size = sizeof address;
          if (bind(server, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(server, 1) != 0 ||
              getsockname(server, reinterpret_cast<sockaddr*>(&address), &size) != 0)
            return "no server";
          addrinfo hints{}, *found = nullptr;
          hints.ai_family = AF_INET;
          hints.ai_socktype = SOCK_STREAM;
          const int error =
              getaddrinfo("localhost", std::to_string(ntohs(address.sin_port)).c_str(), &hints, &found);
          if (error != 0) return gai_strerror(error);
          return outcome(connect(socket(AF_INET, SOCK_STREAM, 0), found->ai_addr, found->ai_addrlen));
        }) == "ok");
}
