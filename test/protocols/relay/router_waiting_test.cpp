// Who has to wait, and who hasn't: for a client that doesn't read, and for the house.
#include <catch2/catch.hpp>

#include "scene.hpp"

using namespace hearth;
using namespace hearth::test;

namespace {

const std::string kOff = R"({"command":"off"})";

// Sends to `target` until it is refused; how many were accepted.
int fill(Peer& from, const std::string& target, const std::string& payload) {
  for (int count = 0; count < 10'000; ++count) {
    const auto line = from.asks(target, payload);
    if (line == kDone) continue;
    CHECK(line == refused("device " + target + " is not reading"));
    return count;
  }
  return -1;
}

}  // namespace
TEST_CASE("64 packets wait for a client that doesn't read, then the sender is told, and nobody else waits") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "slow"), c(scene, "c");
  const std::string payload = "\"" + std::string(900, 'x') + "\"";
  const auto accepted = fill(a, "slow", payload);
  CHECK(accepted >= 64);
  CHECK(scene.directory.find("slow") != nullptr);
  CHECK(a.asks("c", "1") == kDone);
  CHECK(c.heard() == Lines{sent("a", "1")});
  CHECK(c.asks("a", "2") == kDone);
  CHECK(c.asks("slow", "3") == refused("device slow is not reading"));
  CHECK(b.heard() == Lines(static_cast<std::size_t>(accepted), sent("a", payload)));
  CHECK(c.asks("slow", "3") == kDone);
  CHECK(b.heard() == Lines{sent("c", "3")});
}

TEST_CASE("what several have sent to one that reads late arrives in order, all that was accepted") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "b"), slow(scene, "slow");
  Lines expected, got;
  for (int i = 0; i < 1500; ++i) {
    auto& from = i % 2 == 0 ? a : b;
    const auto payload = std::to_string(i) + std::string(static_cast<std::size_t>(i % 400), '0');
    if (from.asks("slow", payload) == kDone) expected.push_back(sent(i % 2 == 0 ? "a" : "b", payload));
    if (i % 200 == 0)
      for (auto& line : slow.heard()) got.push_back(std::move(line));
  }
  for (auto& line : slow.heard()) got.push_back(std::move(line));
  CHECK(expected.size() < 1500);
  CHECK(got == expected);
}

TEST_CASE("a client that sends and doesn't read is not read from, and loses nothing") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "b");
  std::string many;
  for (int i = 0; i < 20'000; ++i) many += packet("nobody", std::to_string(i));
  a.says(many);
  CHECK(a.unsent() > 100'000);
  CHECK(b.asks("server", R"({"command":"get_devices"})") == R"({"success":true,"response":["a","b"]})");
  CHECK(a.heard() == Lines(20'000, refused("there is no device called nobody")));
  CHECK(a.unsent() == 0);
}

TEST_CASE("two that send to each other and don't read both go on once they do") {
  Scene scene;
  Peer a(scene, "a"), b(scene, "b");
  std::string to_a, to_b;
  for (int i = 0; i < 3000; ++i) {
    to_a += packet("a", std::to_string(i));
    to_b += packet("b", std::to_string(i));
  }
  a.says(to_b);
  b.says(to_a);
  Lines of_a, of_b;
  for (int turn = 0; turn < 1000 && (a.unsent() != 0 || b.unsent() != 0 || turn < 2); ++turn) {
    for (auto& line : a.heard()) of_a.push_back(std::move(line));
    for (auto& line : b.heard()) of_b.push_back(std::move(line));
  }
  const auto count = [](const Lines& lines, std::string_view start) {
    return std::count_if(lines.begin(), lines.end(),
                         [&](const auto& line) { return line.starts_with(start); });
  };
  const auto done_a = count(of_a, kDone), done_b = count(of_b, kDone);
  CHECK(done_a + count(of_a, R"({"success":false)") == 3000);
  CHECK(done_b + count(of_b, R"({"success":false)") == 3000);
  CHECK(count(of_b, R"({"sender":"a")") == done_a);
  CHECK(count(of_a, R"({"sender":"b")") == done_b);
}

TEST_CASE("while the house does something for a client its next packets wait, and others' don't") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer a(scene, "a"), b(scene, "b");
  a.says(packet("Lamp", kOff) + packet("b", "1") + packet("Lamp", kOff) + packet("b", "2"));
  CHECK(scene.asked.size() == 1);
  CHECK(a.heard().empty());
  CHECK(b.heard().empty());
  CHECK(b.asks("a", "3") == kDone);
  CHECK(a.heard() == Lines{sent("b", "3")});

  scene.asked[0].done({"sim:a", "on_off", Outcome::kError, "no"});
  CHECK(a.heard() == Lines{refused("no"), kDone});
  CHECK(b.heard() == Lines{sent("a", "1")});
  REQUIRE(scene.asked.size() == 2);
  scene.asked[1].done({"sim:a", "on_off", Outcome::kError, "no"});
  CHECK(a.heard() == Lines{refused("no"), kDone});
  CHECK(b.heard() == Lines{sent("a", "2")});
}

TEST_CASE("what the house answers to one that has sent all it will still arrives, with what it sent behind") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer a(scene, "a"), b(scene, "b");
  a.says(packet("Lamp", kOff) + packet("b", "1"));
  a.ends();
  CHECK(a.heard().empty());
  scene.asked[0].done({"sim:a", "on_off", Outcome::kError, "no"});
  CHECK(a.heard() == Lines{refused("no"), kDone});
  CHECK(a.is_closed());
  CHECK(b.heard() == Lines{sent("a", "1")});

  Peer c(scene, "c");
  c.says(packet("Lamp", kOff));
  c.ends();
  CHECK_FALSE(c.is_closed());
  scene.asked[1].done({"sim:a", "on_off", Outcome::kError, "no"});
  CHECK(c.heard() == Lines{refused("no")});
  CHECK(c.is_closed());
}

TEST_CASE("what comes while the house does something is bounded, and answered in order behind it") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer a(scene, "a");
  std::string many = packet("Lamp", kOff);
  Lines expected{refused("no")};
  for (int i = 0; i < 10'000; ++i) {
    many += packet(std::to_string(i), "1");
    expected.push_back(refused("there is no device called " + std::to_string(i)));
  }
  a.says(many);
  CHECK(a.unsent() > 100'000);
  CHECK(a.heard().empty());
  scene.asked[0].done({"sim:a", "on_off", Outcome::kError, "no"});
  CHECK(a.heard() == expected);
  CHECK(a.unsent() == 0);
}

TEST_CASE("packets that stand behind an order are still the client's own when it has sent all it will") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer a(scene, "a"), b(scene, "b");
  a.says(packet("Lamp", kOff) + packet("Lamp", kOff) + packet("b", "1"));
  a.ends();
  scene.asked.at(0).done({"sim:a", "on_off", Outcome::kError, "no"});
  scene.settle();
  CHECK_FALSE(a.is_closed());
  scene.asked.at(1).done({"sim:a", "on_off", Outcome::kError, "no"});
  CHECK(b.heard() == Lines{sent("a", "1")});
  CHECK(a.heard() == Lines{refused("no"), refused("no"), kDone});
  CHECK(a.is_closed());
  CHECK(scene.directory.find("a") == nullptr);
}

TEST_CASE("one that goes while it waits for the house is unregistered at once") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer a(scene, "a");
  a.says(packet("Lamp", kOff));
  a.goes();
  CHECK(scene.directory.find("a") == nullptr);
}

TEST_CASE("what the house answers to one that has gone is dropped") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer b(scene, "b");
  {
    Peer a(scene, "a");
    a.says(packet("Lamp", kOff));
  }
  REQUIRE(scene.asked.size() == 1);
  scene.asked[0].done({"sim:a", "on_off", Outcome::kOk, {}});
  scene.settle();
  CHECK(b.heard().empty());
  b.tells("b", "1");
  CHECK(b.heard() == Lines{sent("b", "1"), kDone});
}

TEST_CASE("a client that waits for the house and doesn't read goes on when both are over") {
  Scene scene;
  scene.has("sim:a", "Lamp");
  Peer a(scene, "a"), b(scene, "b");
  a.says(packet("Lamp", kOff) + packet("b", "1"));
  const std::string payload = "\"" + std::string(900, 'x') + "\"";
  const auto accepted = static_cast<std::size_t>(fill(b, "a", payload));
  scene.asked[0].done({"sim:a", "on_off", Outcome::kError, "no"});
  scene.settle();
  CHECK(b.heard().empty());
  Lines expected(accepted, sent("b", payload));
  expected.push_back(refused("no"));
  expected.push_back(kDone);
  CHECK(a.heard() == expected);
  CHECK(b.heard() == Lines{sent("a", "1")});
}
