// The life of a plugin as its owner sees it: found, run, changed, taken away.
#include <dlfcn.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "test/bad_plugins/altered.hpp"
#include "test/core/host/running_host.hpp"

using hearth::core::PluginHost;
using hearth::core::test::RunningHost;
using hearth::test::Altered;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A sample of another version, written in place of the one that is there.
void replace_version(RunningHost& host, const std::string& version) {
  Altered(std::filesystem::path(SAMPLE)).replaced("1.0.0", version).write(host.plugins() / "sample.so");
}

}  // namespace

TEST_CASE("a plugin in the folder is found, judged and run") {
  RunningHost host;
  host.add();
  host.start();
  const auto row = host.row();
  CHECK(row->getValue<std::string>("id") == "sample");
  CHECK(row->getValue<std::string>("version") == "1.0.0");
  CHECK(row->getValue<std::string>("kind") == "service");
  CHECK(row->getValue<std::string>("state") == "running");
  CHECK(row->get("reason").isEmpty());
  CHECK(row->getValue<int>("restarts") == 0);
  host.wait([&] { return host.volume() == "3"; });
}

TEST_CASE("an empty folder is settled at once, and so is a missing one") {
  RunningHost host;
  std::filesystem::remove(host.plugins());
  host.start();
  host.on_home([](PluginHost& h) { CHECK(h.rows()->size() == 0); });
  CHECK_FALSE(host.stop());
}

TEST_CASE("a plugin's own folder is its alone") {
  RunningHost host;
  host.add();
  host.start();
  const auto mode = std::filesystem::status(host.state_dir() / "data" / "sample").permissions();
  CHECK((mode & std::filesystem::perms::all) == std::filesystem::perms::owner_all);
}

TEST_CASE("an unloaded plugin's library is gone, and it can be loaded again") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  CHECK(host.unload().ok());
  CHECK(host.state() == "unloaded");
  CHECK(host.reason().empty());  // else it would say that the library stays
  CHECK(host.load(file).ok());
  CHECK(host.state() == "running");
}

TEST_CASE("what isn't loaded can't be unloaded, and what isn't known neither") {
  RunningHost host;
  host.add();
  host.start();
  CHECK(host.unload().ok());
  CHECK_FALSE(host.unload().ok());
  CHECK(contains(host.unload("lamp").error().words, "no such plugin: lamp"));
}

TEST_CASE("reload takes the changed file") {
  RunningHost host;
  host.add();
  host.start();
  replace_version(host, "1.0.1");
  CHECK(host.reload().ok());
  CHECK(host.row()->getValue<std::string>("version") == "1.0.1");
  CHECK(host.row()->getValue<int>("restarts") >= 1);  // more if it was noticed in between
  CHECK(host.state() == "running");
}

TEST_CASE("reload with a broken file, or another plugin's, leaves the running one alone") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  const Altered good(file);
  good.first(1000).write(file);
  CHECK(contains(host.reload().error().words, "the running one stays"));
  good.replaced("\"id\": \"sample\"", "\"id\": \"simple\"").write(file);
  CHECK(contains(host.reload().error().words, "another plugin"));
  CHECK(host.state() == "running");
  CHECK(host.row()->getValue<int>("restarts") == 0);
}

TEST_CASE("a plugin that was refused at the start can be loaded when its file is right") {
  RunningHost host;
  const auto file = host.add();
  const Altered good(file);
  good.without_note(2).write(file);
  host.start();
  CHECK(host.state() == "refused");
  CHECK_FALSE(host.load(file).ok());
  good.write(file);
  CHECK(host.load(file).ok());
  CHECK(host.state() == "running");
}

TEST_CASE("a file that isn't there can't be loaded, and gets no row") {
  RunningHost host;
  host.start();
  CHECK(contains(host.load(host.plugins() / "none.so").error().words, "cannot be opened"));
  CHECK_FALSE(host.has_row("none.so"));
}

TEST_CASE("what is loaded can't be loaded again") {
  RunningHost host;
  const auto file = host.add();
  host.start();
  CHECK(contains(host.load(file).error().words, "loaded already"));
}

TEST_CASE("disabled stays disabled over a restart of the server, until it is enabled") {
  RunningHost host;
  host.add();
  host.start();
  CHECK(host.disable().ok());
  CHECK(host.disable().ok());
  CHECK(host.state() == "disabled");
  host.restart();
  CHECK(host.state() == "disabled");
  CHECK(host.reason() == "disabled with hearthctl");
  CHECK(host.enable().ok());
  CHECK(host.state() == "running");
  host.restart();
  CHECK(host.state() == "running");
}

TEST_CASE("a plugin that the configuration switches off doesn't run, and enabling it says why") {
  RunningHost host;
  host.add();
  host.start("[plugin.sample]\nenabled = false\n");
  CHECK(host.state() == "disabled");
  const auto status = host.enable();
  CHECK_FALSE(status.ok());
  CHECK(contains(status.error().words, "enabled = false"));
}

TEST_CASE("a changed configuration restarts its plugin, an unchanged one doesn't") {
  RunningHost host;
  host.add();
  host.start("[plugin.sample]\nvolume = 5\n");
  host.wait([&] { return host.volume() == "5"; });
  host.reconfigure("[plugin.sample]\nvolume = 5\n\n[server]\nname = \"other\"\n");
  CHECK(host.row()->getValue<int>("restarts") == 0);
  host.reconfigure("[plugin.sample]\nvolume = 7\n");
  host.wait([&] { return host.state() == "running" && host.volume() == "7"; });
  CHECK(host.row()->getValue<int>("restarts") == 1);
}

TEST_CASE("a wrong configuration refuses its plugin and names the key; a right one brings it back") {
  RunningHost host;
  host.add();
  host.start("[plugin.sample]\nvolume = 99\n");
  CHECK(host.state() == "refused");
  CHECK(contains(host.reason(), "volume"));
  host.reconfigure("[plugin.sample]\nvolume = 1\n");
  host.wait([&] { return host.state() == "running" && host.volume() == "1"; });
}

TEST_CASE("a plugin that refuses to start is refused in its own words, and may try again") {
  RunningHost host;
  host.add();
  host.start("[plugin.sample]\nvolume = 13\n");
  CHECK(host.state() == "refused");
  CHECK(host.reason() == "13 brings bad luck");
  host.reconfigure("[plugin.sample]\nvolume = 12\n");
  host.wait([&] { return host.state() == "running"; });
  CHECK(host.reason().empty());
}

TEST_CASE("of two files with one id the first runs, and the second may when the first is gone") {
  RunningHost host;
  host.add();
  const auto twin = host.add("twin.so");
  host.start();
  CHECK(host.state() == "running");
  CHECK(host.state("twin.so") == "refused");
  CHECK(contains(host.reason("twin.so"), "sample.so"));
  CHECK(host.unload().ok());
  CHECK(host.load(twin).ok());
  CHECK(host.state("twin.so") == "running");
}

TEST_CASE("a running plugin's verbs are offered, a stopped one's aren't") {
  RunningHost host;
  host.add();
  host.start();
  host.on_home([](PluginHost& h) {
    REQUIRE(h.verbs()->size() == 1);
    const auto verb = h.verbs()->getObject(0)->getArray("verbs")->getObject(0);
    CHECK(verb->getValue<std::string>("name") == "nod");
    CHECK(verb->getValue<int>("files") == 2);
  });
  CHECK(host.unload().ok());
  host.on_home([](PluginHost& h) { CHECK(h.verbs()->size() == 0); });
}

TEST_CASE("inspecting a file shows what it says of itself, and runs nothing") {
  RunningHost host;
  const auto file = host.add();
  host.on_home([&](PluginHost& h) {
    const auto seen = h.inspect(file.string());
    REQUIRE(seen.ok());
    CHECK((*seen)->getValue<std::string>("id") == "sample");
    CHECK((*seen)->getValue<std::string>("abi") == "1.0");
    CHECK((*seen)->getObject("config_schema")->has("properties"));
    CHECK_FALSE(h.inspect("/dev/null").ok());
    CHECK_FALSE(h.inspect("no such").ok());
    CHECK(h.rows()->size() == 0);
  });
}

TEST_CASE("everything stops, and nothing is pinned") {
  RunningHost host;
  host.add();
  host.start();
  CHECK_FALSE(host.stop());
  CHECK(host.state() == "unloaded");
}

TEST_CASE("how the plugins are is a status of the house") {
  RunningHost host;
  host.add();
  host.start();
  CHECK(host.health() == "success 0 all plugins are well");
  std::ofstream(host.plugins() / "worse.so") << "no plugin";
  host.wait([&] { return host.has_row("worse.so") && host.state("worse.so") == "refused"; });
  CHECK(contains(host.health(), "error 1 "));
  CHECK(contains(host.health(), " is refused: "));
  std::filesystem::remove(host.plugins() / "worse.so");
  host.wait([&] { return host.health() == "success 0 all plugins are well"; });
}
