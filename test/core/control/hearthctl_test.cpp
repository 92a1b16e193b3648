// Tests of hearthctl as a program, against a server.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <catch2/catch.hpp>
#include <csignal>
#include <fstream>

#include "core/control/rpc.hpp"
#include "test/core/control/running_server.hpp"
#include "test/core/runtime/open_files.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

extern char** environ;

namespace {

struct Finished {
  int status = -1;
  std::string out, err;
};

// hearthctl at work; its output can be read while it runs.
class Hearthctl {
 public:
  Hearthctl(const std::filesystem::path& runtime_dir, std::vector<std::string> args) {
    int out[2], err[2];
    if (::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    out_ = UniqueFd(out[0]);
    err_ = UniqueFd(err[0]);
    const UniqueFd out_end(out[1]), err_end(err[1]);
    args.insert(args.begin(), {HEARTHCTL, "--runtime-dir", runtime_dir.native()});
    std::vector<char*> argv;
    argv.reserve(args.size() + 1);
    for (auto& arg : args) argv.push_back(arg.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    const int failed = posix_spawn(&pid_, HEARTHCTL, &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("hearthctl doesn't start");
  }
  ~Hearthctl() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }

  // The next line on its standard output.
  std::string line() {
    for (;;) {
      if (const auto end = text_.find('\n'); end != std::string::npos) {
        auto line = text_.substr(0, end);
        text_.erase(0, end + 1);
        return line;
      }
      if (!more(out_, text_)) return std::exchange(text_, {});
    }
  }

  Finished finish() {
    Finished finished;
    while (more(out_, text_)) {
    }
    while (more(err_, finished.err)) {
    }
    finished.out = text_;
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    finished.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return finished;
  }

 private:
  static bool more(const UniqueFd& fd, std::string& into) {
    pollfd poll{fd.get(), POLLIN, 0};
    if (::poll(&poll, 1, 10'000) <= 0) throw std::runtime_error("hearthctl says nothing");
    char portion[65536];
    const auto got = ::read(fd.get(), portion, sizeof portion);
    if (got > 0) into.append(portion, static_cast<std::size_t>(got));
    return got > 0;
  }

  pid_t pid_ = 0;
  UniqueFd out_, err_;
  std::string text_;
};

Finished hearthctl(House& house, std::vector<std::string> args) {
  return Hearthctl(house.socket_path().parent_path(), std::move(args)).finish();
}

House::Method gives(const std::string& json) {
  return [json](const auto&) { return Result<Poco::Dynamic::Var>(*parse_json(json)); };
}

// Keeps what it was asked in `asked`.
House::Method records(std::string& asked, const std::string& result) {
  return [&asked, result](const Poco::JSON::Object& params) {
    asked = *json_text(Poco::Dynamic::Var(params));
    return Result<Poco::Dynamic::Var>(*parse_json(result));
  };
}

}  // namespace

TEST_CASE("without a server hearthctl says what is missing and exits with 2") {
  House house;
  const auto run = hearthctl(house, {"status"});
  CHECK(run.status == 2);
  CHECK(run.err ==
        "hearthctl: hearthd isn't running: no control socket at " + house.socket_path().native() + "\n");
}

TEST_CASE("devices are shown as a table, or as the JSON that the server gave") {
  House house;
  house.methods["devices.list"] = gives(
      R"([{"id":"x:1","number":1,"name":"Lamp","location":"Hall","reachable":true,"reason":null,
           "capabilities":[{"name":"on_off"},{"name":"brightness","unit":"%"}],
           "state":{"on_off":{"reported":true},"brightness":{"reported":40}}},
          {"id":"x:2","number":2,"name":"Plug","location":"","reachable":false,"reason":"no route",
           "capabilities":[],"state":{}}])");
  const RunningServer server(house);
  const auto table = hearthctl(house, {"devices"});
  CHECK(table.status == 0);
  CHECK(table.out ==
        "NUMBER  NAME  LOCATION  STATE    REACHABLE     ID\n"
        "1       Lamp  Hall      on 40 %  yes           x:1\n"
        "2       Plug                     no: no route  x:2\n");
  const auto json = parse_json(hearthctl(house, {"devices", "--json"}).out);
  REQUIRE(json.ok());
  CHECK(json->extract<Poco::JSON::Array::Ptr>()->size() == 2);
}

TEST_CASE("a command goes out with the types that were typed, and says nothing when it went well") {
  House house;
  std::string asked;
  house.methods["device.set"] =
      records(asked, R"({"device":"x:1","capability":"c","outcome":"ok","words":""})");
  const RunningServer server(house);
  auto run = hearthctl(house, {"device", "on", "3"});
  CHECK(run.status == 0);
  CHECK(run.out.empty());
  CHECK(asked == R"({"device":3,"capability":"on_off","value":true})");
  hearthctl(house, {"device", "set", "Lamp", "color", "#0000ff"});
  CHECK(asked == R"({"device":"Lamp","capability":"color","value":{"hue":240,"saturation":100}})");
  hearthctl(house, {"device", "set", "x:1", "temperature", "-5"});
  CHECK(asked == R"({"device":"x:1","capability":"temperature","value":-5})");
}

TEST_CASE("a command that failed exits with 1 and says what became of it") {
  House house;
  house.methods["device.set"] =
      gives(R"({"device":"x:1","capability":"on_off","outcome":"timeout","words":"no answer"})");
  house.methods["group.switch"] =
      gives(R"([{"device":"x:1","capability":"on_off","outcome":"superseded","words":""},
    {"device":"x:2","capability":"on_off","outcome":"unreachable","words":""}])");
  const RunningServer server(house);
  auto run = hearthctl(house, {"device", "off", "1"});
  CHECK(run.status == 1);
  CHECK(run.err == "hearthctl: x:1 on_off: timeout: no answer\n");
  run = hearthctl(house, {"groups", "on", "All"});
  CHECK(run.status == 1);
  CHECK(run.err == "hearthctl: x:2 on_off: unreachable\n");
}

TEST_CASE("a refusal of the server's exits with 1 and its words") {
  House house;
  house.methods["device.toggle"] = [](const auto&) {
    return Error{ErrorCode::kInvalid, "no device \"Lmap\", perhaps Lamp"};
  };
  const RunningServer server(house);
  const auto run = hearthctl(house, {"device", "toggle", "Lmap"});
  CHECK(run.status == 1);
  CHECK(run.err == "hearthctl: no device \"Lmap\", perhaps Lamp\n");
  CHECK(hearthctl(house, {"discover"}).err == "hearthctl: no such method: devices.discover\n");
}

TEST_CASE("what is typed wrong exits with 2 and names the help") {
  House house;
  for (const auto& args : std::vector<std::vector<std::string>>{{"device"},
                                                                {"device", "on"},
                                                                {"device", "set", "1", "on_off"},
                                                                {"groups", "explode"},
                                                                {"plugins", "load"},
                                                                {"bus", "x"},
                                                                {"log", "--max", "many"},
                                                                {"check"},
                                                                {"status", "--folow"}}) {
    CAPTURE(args);
    CHECK(hearthctl(house, args).status == 2);
  }
  CHECK(hearthctl(house, {"device"}).err.find("(see hearthctl device --help)") != std::string::npos);
}

TEST_CASE("help needs no server, for each command") {
  House house;
  for (const std::string command :
       {"status", "devices", "device", "groups", "programs", "plugins", "bus", "log", "discover", "check"}) {
    const auto run = hearthctl(house, {command, "--help"});
    CHECK(run.status == 0);
    CHECK(run.out.starts_with("hearthctl " + command + ": "));
  }
  CHECK(hearthctl(house, {"--help"}).out.find("WORD VERB") != std::string::npos);
  CHECK(hearthctl(house, {"--version"}).out.starts_with("hearthctl "));
}

TEST_CASE("plugins are shown with why they don't run, and printed as they are for programs") {
  House house;
  house.methods["plugins.list"] = gives(
      R"([{"id":"athome","version":"1.0","kind":"protocol","file":"/p/athome.so","state":"running","reason":null,
           "isolation":"none","pid":null,"restarts":0,"cpu_ms":0,"queue":0,"longest_callback_ms":0.2,
           "memory_kb":null,"notes":{"listen":"127.0.0.1:9999"}},
          {"id":null,"version":null,"kind":null,"file":"/p/bad.so","state":"refused","reason":"no manifest",
           "isolation":"process","pid":null,"restarts":2,"cpu_ms":1500,"queue":3,"longest_callback_ms":12.6,
           "memory_kb":1536,"notes":{}}])");
  const RunningServer server(house);
  CHECK(hearthctl(house, {"plugins"}).out ==
        "PLUGIN  VERSION  KIND      STATE    ISOLATION  RESTARTS  CPU    MEMORY  QUEUE  LONGEST  REMARKS\n"
        "athome  1.0      protocol  running  none                                                "
        "listen=127.0.0.1:9999\n"
        "bad.so                     refused  process    2         1.5 s  1.5 MB  3      13 ms    no "
        "manifest\n");
  CHECK(hearthctl(house, {"plugins", "list", "--json"}).out.find("\"pid\": null") != std::string::npos);
}

TEST_CASE("bus prints the standing facts and ends") {
  House house;
  house.keep({"x:1", "on_off", true});
  const RunningServer server(house);
  const auto run = hearthctl(house, {"bus", "--json"});
  CHECK(run.status == 0);
  const auto json = parse_json(run.out.substr(0, run.out.find('\n')));
  REQUIRE(json.ok());
  CHECK(json->extract<Poco::JSON::Object::Ptr>()->getValue<std::string>("type") == "StateChanged");
  CHECK(hearthctl(house, {"bus"}).out == "2024-03-01T12:00:00.000000Z 7 StateChanged x:1 on_off = true\n");
}

TEST_CASE("bus --follow prints a message as soon as it comes, and the end of the server ends it") {
  House house;
  auto server = std::make_unique<RunningServer>(house);
  Hearthctl follow(house.socket_path().parent_path(),
                   {"bus", "--follow", "--type", "StateChanged", "--json"});
  REQUIRE(eventually([&] { return house.subscriptions() == 2; }));
  house.publish(StateChanged{"x:1", "on_off", false});
  CHECK(follow.line().find("\"device\":\"x:1\"") != std::string::npos);
  server.reset();
  const auto run = follow.finish();
  CHECK(run.status == 2);
  CHECK(run.err == "hearthctl: hearthd has closed the connection\n");
}

TEST_CASE("log prints the newest lines, and with --follow the next") {
  House house;
  const RunningServer server(house);
  write_log(house, "first");
  CHECK(hearthctl(house, {"log", "--max", "1"}).out.find("info    first\n") != std::string::npos);
  Hearthctl follow(house.socket_path().parent_path(), {"log", "--follow"});
  CHECK(follow.line().find("first") != std::string::npos);
  write_log(house, "second");
  CHECK(follow.line().find("second") != std::string::npos);
}

TEST_CASE("a plugin's word is listed, called, and its progress told apart from its result") {
  House house;
  house.methods["verbs.list"] = gives(
      R"([{"word":"kasa","plugin":"tplink","verbs":[{"name":"pair","args":"NAME","help":"finds a new plug"}]}])");
  house.verb = [](House& h, const VerbCall& call, std::uint64_t id) {
    h.publish(VerbProgress{"looking\x1b[2J"}, id);
    h.answer(id, {"paired " + call.args.at(0) + "\n", ""});
  };
  const RunningServer server(house);
  CHECK(hearthctl(house, {"kasa", "--help"}).out ==
        "hearthctl kasa VERB [ARGUMENTS]\n\nVERB  ARGUMENTS  WHAT IT DOES\npair  NAME       finds a new "
        "plug\n");
  const auto run = hearthctl(house, {"kasa", "pair", "--now"});
  CHECK(run.status == 0);
  CHECK(run.out == "paired --now\n");
  CHECK(run.err == "looking\\u{1b}[2J\n");
  CHECK(hearthctl(house, {"kasa", "pair", "x", "--json"}).out == "\"paired x\\n\"\n");
  CHECK(hearthctl(house, {"kasa", "pear"}).err ==
        "hearthctl: 'kasa' has no verb 'pear'; did you mean pair?\n");
}

TEST_CASE("files that a verb takes are opened and handed over, and what is none is told") {
  House house;
  house.methods["verbs.list"] = gives(
      R"([{"word":"kasa","plugin":"tplink","verbs":[{"name":"load","args":"FILE [MORE]","help":"reads it","files":2}]}])");
  std::atomic<std::uint64_t> asked{0};
  std::vector<std::string> args;
  house.verb = [&](House&, const VerbCall& call, std::uint64_t id) {
    args = call.args;
    asked = id;
  };
  const RunningServer server(house);
  const Folder folder;
  const auto file = (folder.path() / "numbers").native();
  std::ofstream(file) << "1 2 3";
  CHECK(hearthctl(house, {"kasa", "--help"}).out.find("load  FILE [MORE]  reads it\n") != std::string::npos);

  Hearthctl run(house.socket_path().parent_path(), {"kasa", "load", "--dry", file, "-", file, file});
  REQUIRE(eventually([&] { return asked != 0; }));
  CHECK(args == std::vector<std::string>{"--dry", file, "-", file, file});
  std::int32_t fd = -1;
  CHECK(house.files.take(asked, "kasa", 0, &fd) == HEARTH_INVALID);
  CHECK(house.files.take(asked, "kasa", 4, &fd) == HEARTH_INVALID);
  for (const std::uint32_t place : {1, 3}) {
    REQUIRE(house.files.take(asked, "kasa", place, &fd) == HEARTH_OK);
    CHECK(content_of(UniqueFd(fd).get()) == "1 2 3");
  }
  house.answer(asked, {"done", ""});
  CHECK(run.finish().out == "done\n");

  asked = 0;
  REQUIRE(::mkfifo((folder.path() / "fifo").c_str(), 0600) == 0);
  const auto refused = [&](const std::string& name) {
    const auto ended = hearthctl(house, {"kasa", "load", file, (folder.path() / name).native()});
    CHECK(ended.status == 2);
    return ended.err.substr(ended.err.rfind('/') + 1);
  };
  CHECK(refused("missing") == "missing: No such file or directory\n");
  CHECK(refused("fifo") == "fifo is no regular file\n");
  CHECK(refused(".") == ". is a folder\n");
  CHECK(hearthctl(house, {"kasa", "load", "/dev/null"}).err == "hearthctl: /dev/null is no regular file\n");
  CHECK(asked == 0);
}

TEST_CASE("a word that nobody brings is a mistake in typing") {
  House house;
  house.methods["verbs.list"] = gives("[]");
  const RunningServer server(house);
  const auto run = hearthctl(house, {"devcies"});
  CHECK(run.status == 2);
  CHECK(run.err == "hearthctl: no command 'devcies'; did you mean devices?\n");
}

TEST_CASE("the shell's completion gets ids") {
  House house;
  house.methods["devices.list"] = gives(R"([{"id":"x:1"},{"id":"x:2"}])");
  const RunningServer server(house);
  CHECK(hearthctl(house, {"complete", "devices"}).out == "x:1\nx:2\n");
}
