// What waits for one client, on a socket whose other end reads when it is told to.
#include "protocols/relay/outbox.hpp"

#include <catch2/catch.hpp>

#include "scene.hpp"

using namespace hearth;
using namespace hearth::test;
using relay::Outbox;

namespace {

struct Setup {
  Scene scene{};
  Peer peer{scene, Peer::Bare::kYes};
  Outbox outbox{peer.connection()};
  std::string accepted;  // everything that has to arrive
  int count = 0;

  Setup() {
    peer.connection().on_data([](std::string_view bytes) { return bytes.size(); });
    peer.connection().on_drained([this] { outbox.flush(); });
    peer.connection().begin();
  }
  ~Setup() { peer.connection().on_drained({}); }

  // One of about `size` bytes, with a number of its own.
  bool put_packet(std::size_t size = 10) {
    const auto head = std::to_string(++count) + "<", payload = std::string(size, 'x');
    if (!outbox.put_packet(head, payload, ">\n")) return false;
    accepted += head + payload + ">\n";
    return true;
  }
  void put(const std::string& line) {
    outbox.put(line);
    accepted += line;
  }
  // Until the socket takes no more.
  void block() {
    while (!outbox.is_blocked()) {
      put(std::string(4000, 'y') + "\n");
      outbox.flush();
    }
  }
};

}  // namespace

TEST_CASE("nothing leaves before the flush, and then everything in order") {
  Setup one;
  one.put("a\n");
  CHECK(one.put_packet());
  one.put("b\n");
  CHECK(one.peer.reads(1000).empty());
  one.outbox.flush();
  CHECK(one.peer.reads(1000) == one.accepted);
  one.outbox.flush();
  CHECK(one.peer.reads(1000).empty());
}

TEST_CASE("a client that reads is never full, however many come at once") {
  Setup one;
  std::string all;
  for (int i = 0; i < 1000; ++i) {
    REQUIRE(one.put_packet(100));
    if (i % 90 == 0) all += one.peer.reads(std::string::npos);
  }
  one.outbox.flush();
  CHECK(all + one.peer.reads(std::string::npos) == one.accepted);
}

TEST_CASE("64 packets wait for a client that doesn't read, and come once it does") {
  Setup one;
  one.block();
  for (std::size_t i = 0; i < Outbox::kMostPackets; ++i) REQUIRE(one.put_packet());
  CHECK_FALSE(one.put_packet());
  one.outbox.flush();
  CHECK_FALSE(one.put_packet());
  CHECK(one.outbox.is_blocked());
  CHECK(one.peer.reads(std::string::npos) == one.accepted);
  CHECK_FALSE(one.outbox.is_blocked());
  CHECK(one.put_packet());
  one.outbox.flush();
  CHECK(one.peer.reads(1000) == "67<xxxxxxxxxx>\n");
}

TEST_CASE("of what has gone to the socket in part every packet counts until it is empty") {
  Setup one;
  std::size_t many = 0;
  while (!one.outbox.is_blocked()) {
    REQUIRE(one.put_packet(1000));
    one.outbox.flush();
  }
  for (; one.put_packet(1000); ++many) one.outbox.flush();
  CHECK(many == Outbox::kMostPackets - 1);
  CHECK(one.peer.reads(std::string::npos) == one.accepted);
}

TEST_CASE("answers wait without a limit, between the packets as they came") {
  Setup one;
  one.block();
  for (int i = 0; i < 200; ++i) {
    one.put_packet();
    one.put("answer\n");
  }
  CHECK(one.outbox.is_blocked());
  CHECK(one.peer.reads(std::string::npos) == one.accepted);
}

TEST_CASE("a client that reads little by little loses nothing that was accepted") {
  Setup one;
  std::string all;
  for (int i = 0; i < 3000; ++i) {
    one.put_packet(static_cast<std::size_t>(i % 700));
    if (i % 3 == 0) one.outbox.flush();
    if (i % 5 == 0) all += one.peer.reads(static_cast<std::size_t>(i % 900));
  }
  one.outbox.flush();
  all += one.peer.reads(std::string::npos);
  CHECK(one.count == 3000);
  CHECK(all == one.accepted);
}

TEST_CASE("what is pushed out before the end arrives, whether the socket took it or not") {
  Setup one;
  one.block();
  REQUIRE(one.put_packet());
  one.put("bye\n");
  one.outbox.push_out();
  one.peer.connection().close_after_flush();
  CHECK(one.peer.reads(std::string::npos) == one.accepted);
  CHECK(one.peer.is_closed());
}

TEST_CASE("a long answer says so") {
  Setup one;
  CHECK_FALSE(one.outbox.is_long());
  one.put(std::string(std::size_t{64} * 1024, 'x'));
  CHECK(one.outbox.is_long());
  one.outbox.flush();
  CHECK_FALSE(one.outbox.is_long());
}
