// The real server with broken plugins in its folder: each is refused or quarantined with a reason, and
// nothing else notices.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "test/bad_plugins/altered.hpp"
#include "test/bad_plugins/hearthd_run.hpp"

using hearth::test::Altered;
using hearth::test::HearthdRun;
using namespace std::chrono_literals;

namespace {

const std::filesystem::path kFixtures = FIXTURES;
constexpr auto kLamp = R"(
[[plugin.simulated.device]]
id = "lamp"
name = "Good lamp"
kind = "light"
)";

struct Server : HearthdRun {
  Server() { std::filesystem::copy_file(SIMULATED, plugins() / "simulated.so"); }

  void add(const std::string& fixture) {
    std::filesystem::copy_file(kFixtures / (fixture + ".so"), plugins() / (fixture + ".so"));
  }
  void begin() { start(HEARTHD, kLamp, 5s, {{"HEARTH_TEST_MARK", mark()}}); }
  std::string mark() const { return folder() / "mark"; }
  std::string state(const std::string& file) { return row(file)->getValue<std::string>("state"); }
  std::string reason(const std::string& file) {
    const auto reason = row(file)->get("reason");
    return reason.isEmpty() ? std::string() : reason.extract<std::string>();
  }
  // Is the one good plugin there, and does it do what it is told?
  bool serves() {
    return state("simulated.so") == "running" &&
           call("device.set", R"({"device":"Good lamp","capability":"on_off","value":true})")
                   .toString()
                   .find("error") == std::string::npos;
  }
};

struct Wrong {
  std::string file;
  std::string why;  // a part of the reason
};

void check_refused(Server& server, const std::vector<Wrong>& all) {
  for (const auto& [file, why] : all) {
    INFO(file << ": " << server.reason(file));
    CHECK(server.state(file) == "refused");
    CHECK(server.reason(file).find(why) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("files that are no right plugins are refused with a reason before any of their code runs") {
  Server server;
  const auto in = [&](const std::string& name) { return server.plugins() / (name + ".so"); };
  const Altered good(kFixtures / "marker.so");
  good.without_note(1).write(in("no_manifest"));
  good.in_note(1, 0, 'x').write(in("manifest_not_json"));
  good.replaced("\"summary\"", "\"sumnary\"").write(in("manifest_unknown_key"));
  good.replaced("\"id\": \"marker\"", "\"id\": \"MARKER\"").write(in("manifest_bad_id"));
  good.without_note(2).write(in("no_schema"));
  good.replaced("\"type\": \"object\"", "\"type\": \"oddity\"").write(in("schema_no_schema"));
  good.in_note(2, 0, 'x').write(in("schema_not_json"));
  good.in_note(4, 0, 99).write(in("wrong_abi_major"));
  good.in_note(4, 4, 99).write(in("newer_abi_minor"));
  good.without_note(4).write(in("no_abi"));
  good.at(18, 22).write(in("other_machine"));  // e_machine becomes EM_S390
  good.at(4, 1).write(in("other_word_size"));  // EI_CLASS becomes ELFCLASS32
  good.at(16, 2).write(in("program"));         // e_type becomes ET_EXEC
  good.first(good.bytes().size() / 2).write(in("half"));
  good.first(good.bytes().size() - 100).write(in("nearly_whole"));
  good.first(100).write(in("cut_to_100_bytes"));
  Altered(std::string("This is a text, whatever its name says.\n")).write(in("text"));
  Altered(std::string()).write(in("empty"));
  std::filesystem::create_directory(in("folder"));
  std::filesystem::create_symlink(in("loop"), in("loop"));
  std::filesystem::create_symlink(server.folder() / "nowhere", in("dangling"));
  server.begin();

  check_refused(server, {{"no_manifest.so", "no manifest"},
                         {"manifest_not_json.so", "manifest is wrong"},
                         {"manifest_unknown_key.so", "unknown key 'sumnary'"},
                         {"manifest_bad_id.so", "'id'"},
                         {"no_schema.so", "no configuration schema"},
                         {"schema_no_schema.so", "schema"},
                         {"schema_not_json.so", "schema"},
                         {"wrong_abi_major.so", "ABI 99.0"},
                         {"newer_abi_minor.so", "ABI 1.99"},
                         {"no_abi.so", "ABI"},
                         {"other_machine.so", "another kind of machine"},
                         {"other_word_size.so", "another kind of machine"},
                         {"program.so", "not a shared library"},
                         {"half.so", "cut off"},
                         {"nearly_whole.so", "cut off"},
                         {"cut_to_100_bytes.so", "cut off"},
                         {"text.so", "ELF"},
                         {"empty.so", "too short"},
                         {"folder.so", "not a regular file"},
                         {"loop.so", "cannot be opened"},
                         {"dangling.so", "cannot be opened"}});
  CHECK_FALSE(std::filesystem::exists(server.mark()));
  CHECK(server.serves());
  CHECK(server.terminate(3s) == 0);
}

TEST_CASE("the same plugin unaltered leaves its mark: what looks for it would see it") {
  Server server;
  server.add("marker");
  server.begin();
  CHECK(server.state("marker.so") == "running");
  CHECK(std::filesystem::exists(server.mark()));
  CHECK(server.terminate(3s) == 0);
}

TEST_CASE("plugins that can't be loaded, created or started are refused in their own words") {
  Server server;
  for (const auto* fixture : {"no_entry", "null_entry", "undefined_symbol", "create_throws", "start_throws"})
    server.add(fixture);
  server.begin();
  check_refused(server, {{"no_entry.so", "hearth_plugin_entry"},
                         {"null_entry.so", "not built for this ABI"},
                         {"undefined_symbol.so", "a_function_that_nobody_has"},
                         {"create_throws.so", "there is no such chip"},
                         {"start_throws.so", "port 7 is taken"}});
  CHECK(server.serves());
  CHECK(server.terminate(3s) == 0);
}

TEST_CASE("of two plugins with the same id one runs and the other is told who has it") {
  Server server;
  server.add("marker");
  std::filesystem::copy_file(kFixtures / "marker.so", server.plugins() / "twin.so");
  server.begin();
  CHECK(server.state("marker.so") == "running");
  check_refused(server, {{"twin.so", "marker.so"}});
  CHECK(server.serves());
  CHECK(server.terminate(3s) == 0);
}

TEST_CASE(
    "plugins that hang while they are created or started are quarantined, and the server is ready in time") {
  Server server;
  server.add("create_hangs");
  server.add("start_hangs");
  server.begin();
  for (const auto* file : {"create_hangs.so", "start_hangs.so"}) {
    INFO(file << ": " << server.reason(file));
    CHECK(server.state(file) == "quarantined");
    CHECK(server.reason(file).find("took longer than 2 s") != std::string::npos);
  }
  CHECK(server.serves());
  CHECK(server.terminate(3s) == 0);
}

TEST_CASE("a driver that throws in apply fails its command in words and goes on") {
  Server server;
  server.add("apply_throws");
  server.begin();
  for (int i = 0; i < 3; ++i) {
    const auto answer =
        server.call("device.set", R"({"device":"Broken lamp","capability":"on_off","value":true})")
            .toString();
    CHECK(answer.find("the relay is welded") != std::string::npos);
  }
  CHECK(server.state("apply_throws.so") == "running");
  CHECK(server.serves());
  CHECK(server.terminate(3s) == 0);
}

TEST_CASE("plugins that hang or throw while they stop don't keep the server from ending in time") {
  Server server;
  for (const auto* fixture : {"stop_hangs", "stop_throws", "worker_stuck"}) server.add(fixture);
  server.begin();
  for (const auto* file : {"stop_hangs.so", "stop_throws.so", "worker_stuck.so"})
    CHECK(server.state(file) == "running");
  CHECK(server.serves());
  CHECK(server.terminate(3s) == 0);
  CHECK(server.log().find("I would rather not") != std::string::npos);
}

TEST_CASE("a plugin that hangs while it is unloaded is quarantined, and the others go on") {
  Server server;
  server.add("stop_hangs");
  server.add("worker_stuck");
  server.begin();
  for (const std::string id : {"stop_hangs", "worker_stuck"}) {
    const auto answer = server.call("plugins.unload", R"({"id":")" + id + "\"}").toString();
    INFO(answer);
    CHECK(answer.find("took longer than 1 s") != std::string::npos);
    CHECK(server.state(id + ".so") == "quarantined");
  }
  CHECK(server.serves());
  CHECK(server.terminate(3s) == 0);
}

TEST_CASE("a plugin is disabled as often as one likes, each time with an answer") {
  Server server;
  server.begin();
  CHECK(server.call("plugins.disable", R"({"id":"simulated"})").toString() == "true");
  CHECK(server.call("plugins.disable", R"({"id":"simulated"})").toString() == "true");
  CHECK(server.state("simulated.so") == "disabled");
  CHECK(server.call("plugins.enable", R"({"id":"simulated"})").toString() == "true");
  CHECK(server.serves());
  CHECK(server.terminate(3s) == 0);
}
