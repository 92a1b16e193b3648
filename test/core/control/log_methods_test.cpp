// Tests of core/control/log_methods.hpp.
#include "core/control/log_methods.hpp"

#include <catch2/catch.hpp>

#include "core/control/rpc.hpp"
#include "core/log/log.hpp"

using namespace hearth;
using namespace hearth::core;

namespace {

LogOptions quiet() {
  LogOptions options;
  options.fd = -1;
  options.entries = 16;
  options.wall_us = [] { return std::int64_t{1'709'294'400'000'000}; };
  return options;
}

Poco::JSON::Object::Ptr json(const std::string& text) {
  return parse_json(text)->extract<Poco::JSON::Object::Ptr>();
}

std::vector<std::string> texts(const Log& log, const std::string& params) {
  const auto result = log_get(log, *json(params));
  REQUIRE(result.ok());
  std::vector<std::string> texts;
  const auto entries = json(*result)->getArray("entries");
  for (const auto& entry : *entries)
    texts.push_back(entry.extract<Poco::JSON::Object::Ptr>()->getValue<std::string>("text"));
  return texts;
}

struct Followed {
  explicit Followed(const Log& log, LogFilter filter = {})
      : follower(log, std::move(filter), [this](std::string_view line) {
          if (lines.size() >= room) return false;
          lines.emplace_back(line);
          return true;
        }) {}

  std::size_t room = 1000;
  std::vector<std::string> lines;
  LogFollower follower;
};

}  // namespace

TEST_CASE("an entry of the log shows number, time, level and who") {
  Log log(quiet());
  log.write(LogLevel::kWarning, "tplink", "tplink:1", "lost \"it\"");
  CHECK(
      *log_get(log, *json("{}")) ==
      R"({"entries":[{"seq":1,"time":"2024-03-01T12:00:00.000000Z","level":"warning","plugin":"tplink","device":"tplink:1",)"
      R"("text":"lost \"it\""}],"last_seq":1})");
}

TEST_CASE("without a number the newest entries are given, with one the oldest after it") {
  Log log(quiet());
  for (const char* text : {"one", "two", "three"}) log.info(text);
  CHECK(texts(log, R"({"max":2})") == std::vector<std::string>{"two", "three"});
  CHECK(texts(log, R"({"max":1,"since":1})") == std::vector<std::string>{"two"});
}

TEST_CASE("the log is filtered by level and by plugin, and the server is one") {
  Log log(quiet());
  log.info("mine");
  log.write(LogLevel::kInfo, "gpio", {}, "theirs");
  log.write(LogLevel::kError, "gpio", {}, "worse");
  CHECK(texts(log, R"({"plugin":"gpio"})") == std::vector<std::string>{"theirs", "worse"});
  CHECK(texts(log, R"({"plugin":"server"})") == std::vector<std::string>{"mine"});
  CHECK(texts(log, R"({"level":"error"})") == std::vector<std::string>{"worse"});
}

TEST_CASE("an unknown level is refused with the known ones") {
  Log log(quiet());
  CHECK(log_get(log, *json(R"({"level":"loud"})")).error().words ==
        "no level 'loud'; there are debug, info, warning and error");
}

TEST_CASE("a follower gets what is logged after it began, once") {
  Log log(quiet());
  log.info("before");
  Followed followed(log);
  log.info("after");
  followed.follower.pump();
  followed.follower.pump();
  REQUIRE(followed.lines.size() == 1);
  CHECK(followed.lines[0].find("\"text\":\"after\"") != std::string::npos);
}

TEST_CASE("a follower without room goes on where it was, and hears how much the ring has lost") {
  Log log(quiet());
  Followed followed(log);
  followed.room = 1;
  for (int i = 0; i < 3; ++i) log.info("early");
  followed.follower.pump();
  CHECK(followed.lines.size() == 1);
  for (int i = 0; i < 30; ++i) log.info("late");
  followed.room = 1000;
  followed.follower.pump();
  // 33 entries, one sent, 16 in the ring.
  CHECK(followed.lines.at(1).find("log.dropped\",\"params\":{\"count\":16}") != std::string::npos);
  CHECK(followed.lines.size() == 1 + 1 + 16);
}

TEST_CASE("entries that the filter passes over are not told as lost") {
  Log log(quiet());
  Followed followed(log, LogFilter{LogLevel::kError, std::nullopt});
  for (int i = 0; i < 5; ++i) log.info("unimportant");
  log.error("important");
  followed.follower.pump();
  REQUIRE(followed.lines.size() == 1);
  CHECK(followed.lines[0].find("important") != std::string::npos);
}
