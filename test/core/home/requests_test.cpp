// Requests that home passes on: who is asked, and that each ends once.
#include "test/core/home/house.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

constexpr hearth_type kQuestion = type_hash("vendor.Question");

struct Scene : Stage {
  std::uint64_t ask(std::chrono::microseconds timeout = std::chrono::seconds(10)) {
    return client.send(MessageKind::kRequest, kQuestion, {}, 0, static_cast<std::uint64_t>(timeout.count()));
  }
  std::uint64_t question() {
    return oracle.wait([](const Message& m) { return m.kind == MessageKind::kRequest; }).id;
  }
  FakePlugin oracle{house, "oracle", {kQuestion}, "oracle"};
};

}  // namespace

TEST_CASE("a request goes to the plugin that answers its type, and the answer back, once") {
  Scene s;
  const auto id = s.ask();
  CHECK(s.question() == id);
  s.oracle.answer(id, VerbProgress{"forty-two"});
  s.oracle.answer(id, VerbProgress{"forty-three"});
  const auto heard = s.client.read();
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].kind == MessageKind::kAnswer);
  CHECK(heard[0].handle == id);
  CHECK(heard[0].source == s.oracle.line.source());
  CHECK(body_of<VerbProgress>(heard[0]).text == "forty-two");
}

TEST_CASE("a type that nobody answers is refused at once") {
  Scene s;
  const auto id = s.client.send(MessageKind::kRequest, type_hash("vendor.Unknown"), {}, 0, 1'000'000);
  CHECK(s.client.answer_to(id).status == HEARTH_UNREACHABLE);
}

TEST_CASE("a verb goes to the plugin that brings its word") {
  Scene s;
  FakePlugin other(s.house, "other", {}, "other");
  const auto id = s.client.request(VerbCall{"oracle", "ask", {"why"}});
  CHECK(body_of<VerbCall>(s.oracle.asked<VerbCall>()).args == std::vector<std::string>{"why"});
  s.oracle.answer(id, VerbResult{"because", ""});
  CHECK(s.client.answer_as<VerbResult>(id).text == "because");
  CHECK(other.read().empty());
  CHECK(s.client.answer_to(s.client.request(VerbCall{"nobody", "x", {}})).status == HEARTH_UNREACHABLE);
  CHECK(s.client.answer_to(s.client.request(VerbCall{"", "x", {}})).status == HEARTH_INVALID);
}

TEST_CASE("a request without an answer ends at its deadline") {
  Scene s;
  const auto id = s.ask(std::chrono::milliseconds(20));
  CHECK(s.client.answer_to(id).status == HEARTH_TIMEOUT);
  s.oracle.yes(id);
  CHECK(s.client.read().empty());
}

TEST_CASE("a deadline at the end of time is no trouble") {
  Scene s;
  const auto id = s.ask(std::chrono::microseconds::max());
  CHECK(s.question() == id);
  s.oracle.yes(id);
  CHECK(s.client.answer_to(id).status == HEARTH_OK);
}

TEST_CASE("when the asked plugin goes, what it was asked ends as unreachable") {
  Scene s;
  const auto id = s.ask();
  s.question();
  s.oracle.stop("it crashed");
  CHECK(s.client.answer_to(id).status == HEARTH_UNREACHABLE);
}

TEST_CASE("when the asking plugin goes, the answer goes nowhere") {
  Scene s;
  std::uint64_t id = 0;
  {
    FakePlugin brief(s.house, "brief");
    id = brief.send(MessageKind::kRequest, kQuestion, {}, 0, 10'000'000);
    s.question();
  }
  s.oracle.yes(id);
  CHECK(s.oracle.read().empty());
}

TEST_CASE("a plugin can't answer what another was asked") {
  Scene s;
  FakePlugin stranger(s.house, "stranger");
  const auto id = s.ask();
  s.question();
  stranger.yes(id);
  CHECK(s.client.read().empty());
  s.oracle.yes(id);
  CHECK(s.client.answer_to(id).status == HEARTH_OK);
}

TEST_CASE("the same request id twice is refused, and the first still ends") {
  Scene s;
  Message twice;
  twice.id = message_id(s.client.line.source(), 1'000'000);
  twice.kind = MessageKind::kRequest;
  twice.type = kQuestion;
  twice.handle = 50'000;
  s.client.line.send(twice);
  s.client.line.send(twice);
  CHECK(s.client.answer_to(twice.id).status == HEARTH_INVALID);
  CHECK(s.client.answer_to(twice.id).status == HEARTH_TIMEOUT);
}

TEST_CASE("a plugin can't have requests open without end") {
  Scene s;
  std::size_t busy = 0;
  for (std::size_t i = 0; i < Router::kMostOpen + 50; ++i) {
    s.ask();
    if (i % 1000 == 0) s.oracle.read();
  }
  s.house.settle();
  for (const auto& m : s.client.read()) busy += m.status == HEARTH_BUSY ? 1 : 0;
  CHECK(busy >= 50);
}

TEST_CASE("the server itself asks the same way, and gets one answer or one timeout") {
  Scene s;
  std::vector<hearth_status> ended;
  s.house.on_home([&](Home& home) {
    home.ask(kQuestion, {}, 10'000'000, [&](const Message& m) { ended.push_back(m.status); });
    home.ask(kQuestion, {}, 10'000, [&](const Message& m) { ended.push_back(m.status); });
  });
  s.oracle.yes(s.question());
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  std::size_t count = 0;
  while (count < 2 && std::chrono::steady_clock::now() < deadline)
    s.house.on_home([&](Home&) { count = ended.size(); });
  CHECK(ended == std::vector<hearth_status>{HEARTH_OK, HEARTH_TIMEOUT});
}

TEST_CASE("what a plugin keeps with StorePut is there, up to 64 KiB") {
  Scene s;
  s.oracle.publish(StorePut{{1, 2, 3}});
  s.oracle.publish(StorePut{std::vector<std::uint8_t>(64 * 1024 + 1)});
  s.house.settle();
  s.house.on_home([](Home& home) {
    CHECK(home.saved("oracle") == std::vector<std::uint8_t>{1, 2, 3});
    CHECK(home.saved("nobody").empty());
  });
}
