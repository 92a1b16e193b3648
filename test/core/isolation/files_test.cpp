// Files that come with requests, in the plugin's own process: they arrive, they are bounded, none stays open.
#include <catch2/catch.hpp>

#include "test/core/isolation/process_harness.hpp"
#include "test/core/runtime/open_files.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

struct Fixture : ProcessHarness {
  Fixture() : ProcessHarness(UNRULY, PLUGIN_HOST) {}

  // Started and settled: how many descriptors there are on both sides.
  void begin_counting() {
    begin();
    theirs = ask("descriptors");
    ours = open_descriptors();
  }
  // The process has it, and nobody waits for the answer any more.
  void abandon(std::uint64_t request) {
    CHECK(ask("echo", "x") == "x");
    files.end(request);
  }
  // As many as then.
  void check_all_closed() {
    CHECK(open_descriptors() == ours);
    CHECK(ask("descriptors") == theirs);
  }

  std::string theirs;
  std::ptrdiff_t ours = 0;
};

const std::vector<std::string> kEight{"0", "1", "2", "3", "4", "5", "6", "7"};

RequestFiles::List eight() { return files_with({"a", "b", "c", "d", "e", "f", "g", "h"}); }

}  // namespace

TEST_CASE_METHOD(Fixture, "files arrive in the process, each for its argument") {
  begin_counting();
  auto came = files_with({"zero ", "one ", "two "});
  came[2].argument = 3;
  const auto id = call_with("read", {"x", "x", "x", "x", "x"}, std::move(came));
  CHECK(answer(id) == "zero one invalidtwo invalid");
  check_all_closed();
}

TEST_CASE_METHOD(Fixture, "a file that nobody can open any more arrives, and so does an empty one") {
  begin_counting();
  CHECK(answer(call_with("read", {"a", "b"}, files_with({"", "x"}))) == "x");
  check_all_closed();
}

TEST_CASE_METHOD(Fixture, "a descriptor gives no right to the path behind it") {
  begin();
  RequestFiles::List came;
  came.push_back({0, UniqueFd(::open("/etc/passwd", O_RDONLY | O_CLOEXEC))});
  const auto said = answer(call_with("reopen", {"x"}, std::move(came)));
  const bool enforced = log.find("no Landlock") == std::string::npos;
  CHECK(said == (enforced ? "Permission denied" : "opened"));
}

TEST_CASE_METHOD(Fixture, "a file is taken once, and what isn't taken is closed with the answer") {
  begin_counting();
  CHECK(answer(call_with("read-again", {"x"}, files_with({"zero"}))) == "stale");
  CHECK(answer(call_with("echo", kEight, eight())) == "0");
  check_all_closed();
}

TEST_CASE_METHOD(Fixture, "requests with files keep their place among those without") {
  begin();
  std::vector<std::uint64_t> asked(20);
  for (std::size_t i = 0; i < asked.size(); ++i)
    asked[i] = i % 3 == 0 ? call_with("read", {"x"}, files_with({"file"})) : call("echo", "plain");
  for (std::size_t i = 0; i < asked.size(); ++i) CHECK(answer(asked[i]) == (i % 3 == 0 ? "file" : "plain"));
  std::vector<std::uint64_t> answered;
  for (const auto& m : sent)
    if (m.kind == MessageKind::kAnswer) answered.push_back(m.handle);
  CHECK(answered == asked);
}

TEST_CASE_METHOD(Fixture, "a call as large as a frame holds goes through with eight files") {
  begin();
  auto args = kEight;
  args.emplace_back(190 * 1024, 'x');
  CHECK(answer(call_with("read", args, eight())) == "abcdefghinvalid");
}

TEST_CASE_METHOD(Fixture,
                 "a process that answers nothing is given 64 files, then its calls are refused as busy") {
  begin_counting();
  for (int i = 0; i < 8; ++i) abandon(call_with("keep", kEight, eight()));
  CHECK(std::stoi(ask("descriptors")) == std::stoi(theirs) + 64);
  CHECK(answer(call_with("read", {"x"}, files_with({"one more"}))) == "the plugin is busy");
  CHECK(std::stoi(ask("descriptors")) == std::stoi(theirs) + 64);
  CHECK(ask("answer-kept") == "yes");
  CHECK(answer(call_with("read", {"x"}, files_with({"again"}))) == "again");
  check_all_closed();
}

TEST_CASE_METHOD(Fixture, "a process that has no descriptor left gets no file, and gets the next") {
  begin_counting();
  CHECK(ask("hog") == "yes");
  CHECK(answer(call_with("read", {"x", "x"}, files_with({"zero", "one"}))) == "invalidinvalid");
  CHECK(ask("hog") == "yes");
  CHECK(answer(call_with("read", {"x"}, files_with({"zero"}))) == "zero");
  check_all_closed();
}

TEST_CASE_METHOD(Fixture, "files of a call that isn't answered in its time are closed in the process") {
  begin_counting();
  abandon(call_with("keep", {"x"}, files_with({"kept"}), 1'000));
  const auto until = steady_now_us() + 20'000'000;
  while (ask("descriptors") != theirs && steady_now_us() < until) {
  }
  check_all_closed();
}

TEST_CASE_METHOD(Fixture, "a process that ends takes its files with it, those on their way too") {
  const auto before = open_descriptors();
  begin();
  abandon(call_with("keep", kEight, eight()));
  call("hang");
  for (int i = 0; i < 4; ++i) call_with("keep", kEight, eight());
  wait([this] { return process->inbox().size() == 0; });
  process->kill();
  wait([this] { return has(PluginStep::kEnded); });
  process.reset();
  CHECK(open_descriptors() == before);
}

TEST_CASE_METHOD(Fixture, "a plugin whose manifest has no files isn't offered them") {
  setup.files = nullptr;
  begin_counting();
  CHECK(answer(call_with("read", {"x"}, files_with({"x"}))) == "denied");
  check_all_closed();
}
