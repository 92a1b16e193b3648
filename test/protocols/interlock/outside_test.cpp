// Checks, linking and commands of the machine with real sockets and processes.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "http_fixture.hpp"
#include "protocols/interlock/checks.hpp"
#include "protocols/interlock/linking.hpp"
#include "protocols/interlock/machine.hpp"

using namespace std::chrono_literals;
using namespace hearth;
using namespace hearth::interlock;
using namespace hearth::test;

namespace {

ServerAddress at(const std::string& address, const std::string& target = "/") {
  return {*net::Url::parse("http://" + address + target)};
}

// What check() says, or "" if it says nothing.
std::string checked(LoopThread& thread, const ServerAddress& where) {
  std::string words;
  std::atomic<bool> done{false};
  net::Attempt attempt;
  thread.on_loop([&] {
    attempt = check(thread.io(), where, [&](const Status& status) {
      words = status.ok() ? "fine" : status.error().words;
      attempt.reset();
      done = true;
    });
  });
  eventually([&] { return done.load(); });
  thread.on_loop([&] { attempt.reset(); });
  return words;
}

// Files that a command has made.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "hearth-interlock-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path = name;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  bool has(const std::string& name) const { return std::filesystem::exists(path / name); }
  std::string file(const std::string& name) const { return (path / name).string(); }
  std::filesystem::path path;
};

struct Commanded {
  explicit Commanded(Machine::Commands commands) {
    thread.on_loop([&] { log.emplace(thread.io().log), machine.emplace(thread.loop(), *log, commands); });
  }
  ~Commanded() {
    thread.on_loop([this] { machine.reset(); });
  }
  Commanded(const Commanded&) = delete;
  Commanded& operator=(const Commanded&) = delete;
  Status order(std::string_view verb, std::chrono::milliseconds delay = 0ms) {
    return thread.ask<Status>([&] { return machine->order(verb, delay); });
  }
  bool logged(const std::string& part) {
    for (const auto& line : thread.log_lines())
      if (line.find(part) != std::string::npos) return true;
    return false;
  }
  LoopThread thread;
  std::optional<Log> log;
  std::optional<Machine> machine;
};

}  // namespace

TEST_CASE("any answer below 500 is a yes") {
  LoopThread thread;
  std::atomic<int> status{200};
  HttpFixture http(thread, [&](const Exchange& exchange) {
    exchange->answer(net::HttpResponse::text(status, std::string(100'000, 'x')));
  });
  for (const int one : {200, 204, 301, 404, 499}) {
    status = one;
    CHECK(checked(thread, at(http.address, "/nm?x=1")) == "fine");
  }
  for (const int one : {500, 503}) {
    status = one;
    CHECK(checked(thread, at(http.address)) == concat("it answered ", one));
  }
}

TEST_CASE("nobody there, or nobody who speaks HTTP, is a no") {
  LoopThread thread;
  std::string gone;
  { gone = HttpFixture(thread, echo).address; }
  CHECK(checked(thread, at(gone)).find("refused") != std::string::npos);
}

TEST_CASE("the token comes over HTTP, with a secret that a redirect never sees") {
  LoopThread thread;
  std::atomic<int> asked{0};
  std::string path, query;
  HttpFixture http(thread, [&](const Exchange& exchange) {
    path = exchange->request().path;
    query = exchange->request().query;
    auto answer =
        net::HttpResponse::of(++asked == 1 ? 200 : 302, "application/json", R"({"user_token":"t"})");
    if (asked == 2) answer.header("Location", "/elsewhere");
    if (asked == 3) answer = net::HttpResponse::of(200, "application/json", std::string(70'000, ' '));
    exchange->answer(answer);
  });
  const auto ask = [&] {
    Linked linked;
    std::atomic<bool> done{false};
    net::Attempt attempt;
    thread.on_loop([&] {
      attempt =
          link(thread.io(), at(http.address), {"m", "s"}, {"os", "1", "me", "2"}, [&](const Linked& how) {
            linked = how;
            attempt.reset();
            done = true;
          });
    });
    REQUIRE(eventually([&] { return done.load(); }));
    return linked;
  };
  CHECK(ask().text == "t");
  CHECK(path == "/interlock/api/local_servers/m");
  CHECK(query == "os=os&machine_name=me&os_version=1&hub_version=2&secret=s");
  CHECK(ask().how == Linked::How::kFailed);
  CHECK(ask().how == Linked::How::kFailed);
  CHECK(asked == 3);
}

TEST_CASE("a command runs after its time, and its end is noticed") {
  Folder folder;
  Commanded house({{"touch", folder.file("down")}, {"sh", "-c", "exit 3"}});
  CHECK(house.order("Shutdown", 1ms).ok());
  CHECK(eventually([&] { return house.logged("the command has ended well"); }));
  CHECK(folder.has("down"));
  CHECK(house.order("restart").ok());
  CHECK(eventually([&] { return house.logged("the command has failed: exit status 3"); }));
}

TEST_CASE("a command that waits gives way to a later one") {
  Folder folder;
  Commanded house({{"touch", folder.file("down")}, {"touch", folder.file("again")}});
  CHECK(house.order("shutdown", 1h).ok());
  CHECK(house.order("restart").ok());
  CHECK(eventually([&] { return house.logged("the command has ended well"); }));
  CHECK(folder.has("again"));
  CHECK_FALSE(folder.has("down"));
}

TEST_CASE("what isn't configured, known or over is refused in words") {
  Folder folder;
  Commanded house({{}, {"sh", "-c", "while [ ! -e '" + folder.file("go") + "' ]; do sleep 0.01; done"}});
  CHECK(house.order("shutdown").error().code == ErrorCode::kDenied);
  CHECK(house.order("shutdown").error().words ==
        "shutdown is not allowed: the setting shutdown_command is empty");
  CHECK(house.order("explode").error().words ==
        "unknown command for the device: shutdown and restart are known");
  CHECK(house.order("restart").ok());
  CHECK(eventually([&] { return house.order("restart", 1h).ok() ? false : true; }));
  CHECK(house.order("restart").error().words == "an earlier command is still running");
  CHECK(std::ofstream(folder.file("go")).good());
  CHECK(eventually([&] { return house.logged("the command has ended well"); }));
}

TEST_CASE("a program that isn't there is told in the log") {
  Commanded house({{"/nowhere/at-all"}, {}});
  CHECK(house.order("shutdown").ok());
  CHECK(eventually([&] { return house.logged("/nowhere/at-all can't be started: "); }));
  CHECK(house.order("shutdown").ok());  // and is no reason to refuse the next one
}
