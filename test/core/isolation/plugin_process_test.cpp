// PluginProcess: the same plugin as inside the server, and what becomes of one that misbehaves.
#include "core/isolation/plugin_process.hpp"

#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "test/core/isolation/process_harness.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

struct Fixture : ProcessHarness {
  Fixture() : ProcessHarness(UNRULY, PLUGIN_HOST) {}
  // Asks for something that it doesn't survive; what is said of its end.
  std::string dies_of(const std::string& verb) {
    begin();
    call(verb);
    wait([this] { return has(PluginStep::kEnded); });
    CHECK(has(PluginStep::kDied));
    return reason();
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "it starts, answers, and stops in order") {
  begin();
  REQUIRE(has(PluginStep::kStarted));
  CHECK(process->pid() > 0);
  CHECK(ask("echo", "hello") == "hello");
  CHECK(ask("nonsense") == "no such verb: nonsense");
  process->stop();
  wait([this] { return has(PluginStep::kEnded); });
  CHECK(has(PluginStep::kStopped));
  CHECK_FALSE(has(PluginStep::kDied));
  CHECK(reason().empty());
}

TEST_CASE_METHOD(Fixture, "a body of 192 KiB goes through, both ways") {
  begin();
  const std::string large(180 * 1024, 'x');
  CHECK(ask("echo", large) == large);
}

TEST_CASE_METHOD(Fixture, "what it has noted is sent before it is said to have settled") {
  begin();
  Message settle;
  settle.kind = MessageKind::kSettle;
  call("flood", "1000");
  process->inbox().push(std::move(settle));
  wait([this] { return has(PluginStep::kSettled); });
  CHECK(events == 1000);
}

TEST_CASE_METHOD(Fixture, "a flood arrives whole while the server keeps up") {
  begin();
  CHECK(ask("flood", "100000") == "yes");
  CHECK(events == 100'000);
}

TEST_CASE_METHOD(Fixture, "what it logs is heard, the last line before a crash too") {
  begin();
  CHECK(ask("log", "a line") == "yes");
  wait([this] { return log.find("a line") != std::string::npos; });
  call("abort");
  wait([this] { return has(PluginStep::kEnded); });
  CHECK(log.find("last words") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "an exception costs one answer") {
  begin();
  CHECK(ask("throw") == "the plugin gave no answer");
  CHECK(ask("echo", "still here") == "still here");
}

TEST_CASE_METHOD(Fixture, "abort is told") {
  const auto words = dies_of("abort");
  // A sanitizer's runtime may turn it into an exit status of its own.
  CHECK((words == "it crashed (SIGABRT)" || words.starts_with("it ended its process with status")));
}

TEST_CASE_METHOD(Fixture, "a crash is told") {
  const auto words = dies_of("crash");
  CHECK((words == "it crashed (SIGSEGV)" || words.starts_with("it ended its process with status")));
}

TEST_CASE_METHOD(Fixture, "exit(0) is no orderly end") {
  CHECK(dies_of("exit") == "it ended its process with status 0");
}

TEST_CASE_METHOD(Fixture,
                 "a plugin that closes descriptors that aren't its own loses its line and is ended") {
  begin();
  call("close");
  wait([this] { return has(PluginStep::kEnded); });
  CHECK(has(PluginStep::kDied));
}

TEST_CASE_METHOD(Fixture, "a plugin that sends what is no frame is ended") {
  CHECK(dies_of("garbage") == "it sent what is no frame");
}

TEST_CASE_METHOD(Fixture, "a plugin that sends what only the server sends, or a descriptor, is ended") {
  SECTION("frame") { CHECK(dies_of("files-frame") == "it sent what only the server sends"); }
  SECTION("descriptor") { CHECK(dies_of("hand-over") == "it sent what is no frame"); }
}

TEST_CASE_METHOD(Fixture, "a plugin that hangs is seen to, and can be killed") {
  begin();
  CHECK(ask("echo", "x") == "x");
  call("hang");
  wait([this] {
    const auto since = process->busy_since_us();
    return since != 0 && steady_now_us() - since > 100'000;
  });
  CHECK(process->kill());
  wait([this] { return has(PluginStep::kEnded); });
  CHECK(reason() == "it was killed (SIGKILL)");
}

TEST_CASE_METHOD(Fixture, "a process that was stopped is seen by what it leaves unread") {
  begin();
  CHECK(ask("echo", "x") == "x");
  wait([this] { return process->busy_since_us() == 0; });
  REQUIRE(kill(process->pid(), SIGSTOP) == 0);
  int status = 0;
  call("echo", "y");
  wait([this] { return process->busy_since_us() != 0; });
  CHECK(kill(process->pid(), SIGCONT) == 0);
  wait([this] { return process->busy_since_us() == 0; });
  CHECK(waitpid(process->pid(), &status, WNOHANG) == 0);
}

TEST_CASE_METHOD(Fixture, "dropping it ends the process") {
  begin();
  const auto pid = process->pid();
  process.reset();
  CHECK(kill(pid, 0) == -1);
  CHECK(errno == ESRCH);
}

TEST_CASE_METHOD(Fixture,
                 "a library that isn't there, and a program that isn't there, are refused in words") {
  SECTION("library") {
    program.library = "/nonexistent.so";
    begin();
    wait([this] { return has(PluginStep::kEnded); });
    CHECK(reason().find("nonexistent") != std::string::npos);
  }
  SECTION("program") {
    program.host = "/nonexistent";
    begin();
    CHECK(reason() == "/nonexistent: No such file or directory");
  }
}

TEST_CASE_METHOD(Fixture, "a library can be opened and nothing more") {
  program.only_open = true;
  begin();
  REQUIRE(steps.size() == 2);
  CHECK(steps[0].first == PluginStep::kOpened);
  CHECK(steps[0].second.ok());
  CHECK(steps[1].first == PluginStep::kEnded);
}

TEST_CASE_METHOD(Fixture, "without the right to listen or to command it is denied at its own table") {
  program.permissions = {};
  begin();
  CHECK(ask("count", "1") == "the plugin gave no answer");
  CHECK(log.find("bus:listen") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a hundred lives leave no descriptor, no child and no memory behind") {
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
  };
  begin();
  process.reset();
  steps.clear();
  const auto before = descriptors();
  for (int i = 0; i < 100; ++i) {
    begin();
    process.reset();
    steps.clear();
  }
  CHECK(descriptors() == before);
  CHECK(waitpid(-1, nullptr, WNOHANG) == -1);
}
