// Verbs as their author has them: arguments, progress, files, and one answer.
#include <catch2/catch.hpp>

#include "test/core/runtime/open_files.hpp"
#include "test/core/runtime/plugin_harness.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

// A plugin of one verb, "do", that runs `body`.
struct OneVerb : PluginHarness {
  explicit OneVerb(std::function<void(Verb)> body)
      : PluginHarness({.start = [this, body = std::move(body)](Scripted& plugin, Context& ctx) {
          host = ctx.host;
          plugin.on_verb("do", body);
        }}) {
    takes_files = true;
  }

  const hearth_host* host = nullptr;

  // Asks for it; the request's id.
  std::uint64_t ask(const std::vector<std::string>& args = {}, RequestFiles::List came = {}) {
    auto request = made(MessageKind::kRequest, VerbCall{kWord, "do", args});
    const auto until = steady_now_us() + 600'000'000;
    const auto kept = came.empty() ? HEARTH_OK : files.keep(request.id, kWord, std::move(came), until);
    REQUIRE(kept == HEARTH_OK);
    REQUIRE(push(request) == HEARTH_OK);
    return request.id;
  }
  // Its answer in words.
  std::string answer(std::uint64_t request) {
    const auto m = sent([request](const Message& each) {
      return each.kind == MessageKind::kAnswer && each.handle == request;
    });
    if (m.status != HEARTH_OK) return std::string(m.body.text());
    const auto result = decode<VerbResult>(m.body.bytes());
    return result->text + "|" + result->json;
  }
};

std::string words_of(const Result<File>& file) {
  return file.ok() ? content_of(file->fd())
                   : std::string(name(file.error().code)) + ": " + file.error().words;
}

}  // namespace

TEST_CASE("a verb has its word, name and arguments, and answers with text and JSON") {
  OneVerb plugin(
      [](Verb verb) { verb.ok(concat(verb.word(), " ", verb.name(), " ", verb.args().at(0)), "{}"); });
  REQUIRE(plugin.begin().ok());
  CHECK(plugin.answer(plugin.ask({"it"})) == "word do it|{}");
}

TEST_CASE("a verb's progress has the call as its cause, from a worker too") {
  OneVerb plugin([](Verb verb) {
    verb.progress("begun");
    const auto kept = std::make_shared<Verb>(std::move(verb));
    std::thread([kept] { kept->progress("at work"); }).join();
    // Posted later than the line.
    kept->ok(std::to_string(kept->cause()));
  });
  REQUIRE(plugin.begin().ok());
  const auto id = plugin.ask();
  for (const std::string text : {"begun", "at work"}) {
    const auto line = plugin.sent([](const Message& m) { return m.type == kType<VerbProgress>; });
    CHECK(line.cause == id);
    CHECK(decode<VerbProgress>(line.body.bytes())->text == text);
  }
}

TEST_CASE("a verb that fails, is dropped, throws, or isn't there is refused in words") {
  OneVerb plugin([](Verb verb) {
    if (verb.args().at(0) == "fail") verb.fail(ErrorCode::kBusy, "not now");
    if (verb.args().at(0) == "error") verb.fail(Error{ErrorCode::kInvalid, "not so"});
    if (verb.args().at(0) == "throw") throw std::runtime_error("oh");
  });
  REQUIRE(plugin.begin().ok());
  CHECK(plugin.answer(plugin.ask({"fail"})) == "not now");
  CHECK(plugin.answer(plugin.ask({"error"})) == "not so");
  CHECK(plugin.answer(plugin.ask({"drop"})) == "the plugin gave no answer");
  CHECK(plugin.answer(plugin.ask({"throw"})) == "the plugin gave no answer");
  const auto unknown = plugin.made(MessageKind::kRequest, VerbCall{"word", "undo", {}});
  CHECK(plugin.push(unknown) == HEARTH_OK);
  CHECK(plugin.answer(unknown.id) == "no such verb: undo");
}

TEST_CASE("a verb is answered once") {
  OneVerb plugin([](Verb verb) {
    verb.ok("first");
    verb.ok("second");
    verb.fail(ErrorCode::kFailed, "third");
  });
  REQUIRE(plugin.begin().ok());
  CHECK(plugin.answer(plugin.ask()) == "first|");
  plugin.stop();
  CHECK(plugin.count(MessageKind::kAnswer) == 1);
}

TEST_CASE("a verb gets its files, each once") {
  OneVerb plugin([](Verb verb) {
    std::string all;
    for (const std::size_t i : {1, 0, 1}) all += words_of(verb.file(i)) + ",";
    verb.ok(all);
  });
  REQUIRE(plugin.begin().ok());
  const auto before = open_descriptors();
  CHECK(plugin.answer(plugin.ask({"a", "b"}, files_with({"zero", "one"}))) ==
        "one,zero,stale: argument 1: no file has come, or it was taken already,|");
  CHECK(open_descriptors() == before);
}

TEST_CASE("an argument that isn't there, or is no file, or came without one, is told in words") {
  OneVerb plugin([](Verb verb) { verb.ok(words_of(verb.file(1))); });
  REQUIRE(plugin.begin().ok());
  CHECK(plugin.answer(plugin.ask({"a"}, files_with({"zero"}))) == "invalid: a file is missing|");
  CHECK(plugin.answer(plugin.ask({"a", "b"}, files_with({"zero"}))) == "invalid: argument 1 is no file|");
  CHECK(plugin.answer(plugin.ask({"a", "b"})) ==
        "stale: argument 1: no file has come, or it was taken already|");
}

TEST_CASE("without files in its manifest a plugin is told what is missing") {
  OneVerb plugin([](Verb verb) { verb.ok(words_of(verb.file(0))); });
  plugin.takes_files = false;
  REQUIRE(plugin.begin().ok());
  CHECK(plugin.answer(plugin.ask({"a"})) ==
        "denied: no files are handed over: no verb of the plugin's manifest has \"files\"|");
}

TEST_CASE("what a verb doesn't take is closed by its answer") {
  OneVerb plugin([](Verb verb) { verb.ok(); });
  REQUIRE(plugin.begin().ok());
  const auto before = open_descriptors();
  CHECK(plugin.answer(plugin.ask({"a", "b"}, files_with({"zero", "one"}))) == "|");
  CHECK_FALSE(plugin.files.any());
  CHECK(open_descriptors() == before);
}

TEST_CASE("a file can be had until the verb is answered, and not behind another's back") {
  std::string told;
  OneVerb* outer = nullptr;
  OneVerb plugin([&](Verb verb) {
    const auto id = verb.cause();
    outer->share([&] { told = words_of(take_file(outer->host, id + 1000, 0)); });
    verb.ok();
    outer->share([&] { told += ", " + words_of(take_file(outer->host, id, 0)); });
  });
  outer = &plugin;
  REQUIRE(plugin.begin().ok());
  const auto others = message_id(0, 1) + 1000;
  REQUIRE(plugin.files.keep(others, "dice", files_with({"not yours"}), steady_now_us() + 600'000'000) ==
          HEARTH_OK);
  plugin.answer(plugin.ask({"a"}, files_with({"zero"})));
  plugin.wait([&] { return told.find(", ") != std::string::npos; });
  CHECK(told ==
        "denied: argument 0: no file: denied, stale: argument 0: no file has come, or it was taken already");
}

TEST_CASE("only the plugin's own thread takes files, and none after its end") {
  OneVerb plugin([](Verb verb) { verb.ok(); });
  REQUIRE(plugin.begin().ok());
  const hearth_files* table = nullptr;
  plugin.on_loop([&](Context& ctx) {
    table = static_cast<const hearth_files*>(ctx.host->extension(ctx.host, detail::slice(HEARTH_FILES)));
  });
  REQUIRE(table);
  CHECK(table->size == sizeof(hearth_files));
  std::int32_t fd = -1;
  CHECK(table->take(plugin.host, 1, 0, &fd) == HEARTH_WRONG_THREAD);
  plugin.stop();
  CHECK(table->take(plugin.host, 1, 0, &fd) == HEARTH_STALE);
  CHECK(fd == -1);
}
