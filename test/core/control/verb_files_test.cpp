// Tests of files that come with verb.call: in the number announced, for the plugin that is asked, and nothing
// stays open.
#include <netinet/in.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <deque>

#include "core/control/session.hpp"
#include "core/runtime/descriptors.hpp"
#include "test/core/control/running_server.hpp"
#include "test/core/runtime/open_files.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

using Contents = std::initializer_list<std::string_view>;

std::vector<UniqueFd> opened(Contents contents) {
  std::vector<UniqueFd> all;
  for (const auto content : contents) all.push_back(file_with(content));
  return all;
}

std::string call_line(const std::string& files, const std::string& word = "kasa", int id = 1) {
  return "{\"id\":" + std::to_string(id) + ",\"method\":\"verb.call\",\"params\":{\"word\":\"" + word +
         "\",\"verb\":\"load\",\"args\":[\"a\",\"b\",\"c\"],\"files\":" + files + "}}\n";
}

// A server whose verbs are answered by the test, and a client of it.
struct Fixture {
  Fixture() {
    house.verb = [this](House&, const VerbCall& call, std::uint64_t id) {
      if (call.word == "nobody") return house.refuse(id, HEARTH_UNREACHABLE, "nobody brings it");
      const std::lock_guard lock(mutex);
      asked.push_back(id);
    };
    server = std::make_unique<RunningServer>(house);
    client = std::make_unique<RawClient>(house);
    client->call("version");
    before = open_descriptors();
  }

  // Sends the line with descriptors that only the server keeps.
  void send(const std::string& line, const std::vector<UniqueFd>& descriptors) const {
    REQUIRE(send_with(client->fd(), line.data(), line.size(), descriptors) ==
            static_cast<ssize_t>(line.size()));
  }
  // The next call that has come to the house.
  std::uint64_t next_call() {
    REQUIRE(eventually([this] {
      const std::lock_guard lock(mutex);
      return !asked.empty();
    }));
    const std::lock_guard lock(mutex);
    const auto id = asked.front();
    asked.pop_front();
    return id;
  }
  std::string taken(std::uint64_t request, std::uint32_t argument, const std::string& word = "kasa") {
    std::int32_t raw = -1;
    const auto status = house.files.take(request, word, argument, &raw);
    const UniqueFd fd(raw);
    return status == HEARTH_OK ? content_of(raw) : std::string(name(static_cast<ErrorCode>(status)));
  }
  std::string error() const { return client->json()->getObject("error")->getValue<std::string>("message"); }
  bool all_closed() const {
    return eventually([this] { return open_descriptors() == before; });
  }

  House house;
  std::mutex mutex;
  std::deque<std::uint64_t> asked;
  std::unique_ptr<RunningServer> server;
  std::unique_ptr<RawClient> client;
  std::ptrdiff_t before = 0;
};

}  // namespace

TEST_CASE_METHOD(Fixture, "files that come with a call are there for the plugin, by their arguments") {
  send(call_line("[2,0]"), opened({"two", "zero"}));
  const auto id = next_call();
  CHECK(taken(id, 0) == "zero");
  CHECK(taken(id, 1) == "invalid");
  CHECK(taken(id, 2, "dice") == "denied");
  CHECK(taken(id, 2) == "two");
  house.answer(id, {"done", ""});
  CHECK(client->line().find("\"text\":\"done\"") != std::string::npos);
  CHECK(taken(id, 0) == "stale");
  CHECK(all_closed());
}

TEST_CASE_METHOD(Fixture, "what the plugin doesn't take is closed with the answer, and with a refusal") {
  send(call_line("[0,1]"), opened({"a", "b"}));
  house.answer(next_call(), {"done", ""});
  CHECK(client->line().find("done") != std::string::npos);
  CHECK(all_closed());
  send(call_line("[0]"), opened({"a"}));
  house.refuse(next_call(), HEARTH_BUSY, "not now");
  CHECK(error() == "not now");
  CHECK(all_closed());
  send(call_line("[0]", "nobody"), opened({"a"}));
  CHECK(error() == "nobody brings it");
  CHECK(all_closed());
}

TEST_CASE_METHOD(Fixture, "a client that goes takes its files with it") {
  send(call_line("[0,1]"), opened({"a", "b"}));
  const auto id = next_call();
  client.reset();
  before -= 2;  // both ends of its connection
  CHECK(all_closed());
  CHECK(taken(id, 0) == "stale");
  house.answer(id, {"late", ""});
}

TEST_CASE_METHOD(Fixture, "the end of the server closes what was not taken") {
  send(call_line("[0,1]"), opened({"a", "b"}));
  next_call();
  server.reset();
  CHECK_FALSE(house.files.any());
}

TEST_CASE_METHOD(Fixture,
                 "fewer or more descriptors than announced are a refusal, and the connection goes on") {
  send(call_line("[0,1]"), opened({"a"}));
  CHECK(error() == "files that the call announces: 2; descriptors that came with it: 1");
  CHECK(all_closed());
  send(call_line("[0]"), opened({"a", "b"}));
  CHECK(error() == "files that the call announces: 1; descriptors that came with it: 2");
  CHECK(all_closed());
  send(call_line("[0]"), {});
  CHECK(error() == "files that the call announces: 1; descriptors that came with it: 0");
  send(call_line("[]"), opened({"a"}));
  CHECK(error() == "files that the call announces: 0; descriptors that came with it: 1");
  send("{\"id\":1,\"method\":\"version\"}\n", opened({"a"}));
  CHECK(error() == "files that the call announces: 0; descriptors that came with it: 1");
  CHECK(all_closed());
  CHECK(client->call("version").find("abi") != std::string::npos);
}

TEST_CASE_METHOD(Fixture,
                 "descriptors without a call, or in a number that no call may have, end the connection") {
  const auto ended = [&] { return client->line().empty(); };
  SECTION("no line") {
    send("\n", opened({"a"}));
    CHECK(error() == "descriptors that no call announces");
  }
  SECTION("no request") {
    send("[]\n", opened({"a"}));
    CHECK(error() == "a request is one JSON object");
    CHECK(error() == "descriptors that no call announces");
  }
  SECTION("no JSON") {
    send("x\n", opened({"a"}));
    CHECK(error().starts_with("not JSON"));
  }
  SECTION("nine") {
    send(call_line("[0,1,2]"), opened({"1", "2", "3", "4", "5", "6", "7", "8", "9"}));
    CHECK(error() == "more than 8 descriptors, or more than the server can take now");
  }
  SECTION("nine, some with each byte") {
    send("{", opened({"1", "2", "3", "4", "5"}));
    send("\"", opened({"6", "7", "8", "9"}));
    CHECK(error() == "more than 8 descriptors, or more than the server can take now");
  }
  CHECK(ended());
  client.reset();
  before -= 2;
  CHECK(all_closed());
}

TEST_CASE_METHOD(Fixture, "descriptors may come with any part of their line, and lines may follow at once") {
  const auto line = call_line("[0,1]");
  send(line.substr(0, 1), opened({"a"}));
  send(line.substr(1, 20), {});
  send(line.substr(21), opened({"b"}));
  const auto first = next_call();
  CHECK(taken(first, 0) + taken(first, 1) == "ab");
  // A plain line before, and two calls in one write.
  send("{\"id\":2,\"method\":\"version\"}\n", {});
  send(call_line("[0]", "kasa", 3) + call_line("[1]", "kasa", 4), opened({"c", "d"}));
  CHECK(client->line().find("abi") != std::string::npos);
  const auto second = next_call(), third = next_call();
  CHECK(taken(second, 0) == "c");
  CHECK(taken(third, 1) == "d");
  for (const auto id : {first, second, third}) house.answer(id, {"done", ""});
  for (int i = 0; i < 3; ++i) CHECK(client->line().find("done") != std::string::npos);
  CHECK(all_closed());
}

TEST_CASE_METHOD(Fixture, "what is no list of places is refused before anybody is asked") {
  for (const std::string files : {"1", "{}", "\"0\"", "[\"0\"]", "[true]", "[0,0]", "[-1]", "[64]", "[0.5]",
                                  "[18446744073709551615]", "[0,1,2,3,4,5,6,7,8]"}) {
    CAPTURE(files);
    send(call_line(files), {});
    CHECK(error() == "'files' is a list of at most 8 different places in 'args'");
  }
  send("{\"id\":1,\"method\":\"verb.call\",\"params\":{\"verb\":\"load\",\"files\":[0]}}\n", opened({"a"}));
  CHECK(error() == "'word' is missing or no text");
  CHECK(all_closed());
}

TEST_CASE_METHOD(Fixture, "only regular files that are open for reading alone are handed over") {
  const auto folder = std::filesystem::temp_directory_path();
  const auto refused = [&](UniqueFd fd) {
    REQUIRE(fd);
    std::vector<UniqueFd> two = opened({"right"});
    two.push_back(std::move(fd));
    send(call_line("[0,1]"), two);
    return error() == "only regular files that are open for reading are handed over";
  };
  CHECK(refused(UniqueFd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))));
  CHECK(refused(UniqueFd(::open(folder.c_str(), O_PATH | O_CLOEXEC))));
  CHECK(refused(UniqueFd(::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600))));
  CHECK(refused(UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC))));
  CHECK(refused(UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))));
  CHECK(refused(UniqueFd(::dup(client->fd()))));
  CHECK(all_closed());
}

TEST_CASE_METHOD(Fixture, "one client has 16 files open at a time, and all together 64") {
  const auto eight = call_line("[0,1,2,3,4,5,6,7]");
  const auto descriptors = opened({"1", "2", "3", "4", "5", "6", "7", "8"});
  before += 8;  // those of the test
  std::deque<RawClient> clients;
  for (int i = 0; i < 4; ++i) {
    auto& each = clients.emplace_back(house);
    for (int calls = 0; calls < 2; ++calls) {
      CHECK(send_with(each.fd(), eight.data(), eight.size(), descriptors) > 0);
      next_call();
    }
    CHECK(send_with(each.fd(), eight.data(), eight.size(), descriptors) > 0);
    CHECK(each.line().find("16 files of yours are open already") != std::string::npos);
  }
  const auto one = opened({"a"});
  before += 1;
  send(call_line("[0]"), one);
  CHECK(error() == "too many files are being handed over already");
  clients.clear();
  CHECK(all_closed());
  send(call_line("[0]"), one);
  house.answer(next_call(), {"done", ""});
  CHECK(client->line().find("done") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a server that has no descriptor left says so, and takes files again later") {
  RawClient second(house);
  second.call("version");
  before += 2;
  const auto one = opened({"a"});
  rlimit usual{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &usual) == 0);
  const UniqueFd next(::dup(client->fd()));  // the lowest that is free, so that all below it are taken
  const rlimit none{static_cast<rlim_t>(next.get()) + 1, usual.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  send(call_line("[0]"), one);
  const auto refusal = error();
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &usual) == 0);
  CHECK(refusal == "more than 8 descriptors, or more than the server can take now");
  const auto line = call_line("[0]");
  CHECK(send_with(second.fd(), line.data(), line.size(), one) > 0);
  house.answer(next_call(), {"done", ""});
  CHECK(second.line().find("done") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a client that floods descriptors is ended, and the others are served") {
  CHECK_THROWS([&] {
    for (int i = 0; i < 1000; ++i) {
      const auto descriptors = opened({"1", "2", "3", "4", "5", "6", "7", "8"});
      if (send_with(client->fd(), " ", 1, descriptors) < 0) throw std::runtime_error("closed");
    }
  }());
  client.reset();
  before -= 2;
  CHECK(all_closed());
  CHECK(RawClient(house).call("version").find("abi") != std::string::npos);
}
