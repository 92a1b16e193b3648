// Tests of loading: files, merging, the server's own parts, and what stops one plugin only.
#include "core/config/load.hpp"

#include <catch2/catch.hpp>

#include "folder.hpp"

using namespace hearth::config;

TEST_CASE("an empty file gives the defaults") {
  const Folder folder;
  const auto loaded = folder.load("");
  REQUIRE(words(loaded) == "ok");
  CHECK(loaded->server.name == "hearth");
  CHECK(loaded->server.log_entries == 10'000);
  CHECK_FALSE(loaded->home.latitude);
  CHECK(loaded->home.timezone == "UTC");
  CHECK(loaded->plugins.empty());
  CHECK(loaded->files == std::vector<std::string>{"hearth.toml"});
}

TEST_CASE("server, home and plugins are read") {
  const Folder folder;
  const auto loaded = folder.load(R"(
[server]
name = "Villa"
log_entries = 500
[home]
latitude = 52.5
longitude = 13
timezone = "Europe/Berlin"
[plugin.tplink]
enabled = false
isolation = "process"
permissions = ["network", "gpio"]
poll = 5
since = 2024-01-02
[[plugin.tplink.device]]
host = "10.0.0.1"
)");
  REQUIRE(words(loaded) == "ok");
  CHECK(loaded->server.name == "Villa");
  CHECK(loaded->server.log_entries == 500);
  CHECK(loaded->home.latitude == 52.5);
  CHECK(loaded->home.longitude == 13.0);
  CHECK(loaded->home.timezone == "Europe/Berlin");
  const PluginSection& section = loaded->plugins.at("tplink");
  CHECK_FALSE(section.enabled);
  CHECK(section.isolation == Isolation::kProcess);
  CHECK(*section.permissions == std::vector<std::string>{"gpio", "network"});
  CHECK(section.where.line == 9);
  CHECK(section.positions.at("plugin.tplink.device[0].host").line == 16);
  CHECK(section.settings->getNames() == std::vector<std::string>{"device", "poll", "since"});
  CHECK(section.settings->getValue<std::string>("since") == "2024-01-02");
}

TEST_CASE("a missing main file is an error that names it") {
  const Folder folder;
  const std::string said = words(folder.load());
  CHECK(said.find(folder.main_file().string()) == 0);
  CHECK(said.find("No such file") != std::string::npos);
}

TEST_CASE(
    "conf.d is merged in the order of its names: tables merge, lists of tables append, the rest is "
    "replaced") {
  const Folder folder;
  folder.write("conf.d/20-b.toml",
               "plugin.x.poll = 3\nplugin.x.list = [9]\n[[plugin.x.device]]\nhost = 'c'\n");
  folder.write("conf.d/10-a.toml",
               "[plugin.x]\npoll = 2\nnew = true\n[[plugin.x.device]]\nhost = 'b'\n[server]\n");
  folder.write("conf.d/.hidden.toml", "not toml");
  folder.write("conf.d/README", "not toml");
  const auto loaded = folder.load(
      "[server]\nname='S'\n[plugin.x]\npoll = 1\nlist = [1, 2]\n[[plugin.x.device]]\nhost = 'a'\n");
  REQUIRE(words(loaded) == "ok");
  CHECK(loaded->server.name == "S");
  CHECK(loaded->files == std::vector<std::string>{"hearth.toml", "conf.d/10-a.toml", "conf.d/20-b.toml"});
  const PluginSection& section = loaded->plugins.at("x");
  std::ostringstream json;
  section.settings->stringify(json);
  CHECK(json.str() ==
        R"({"device":[{"host":"a"},{"host":"b"},{"host":"c"}],"list":[9],"new":true,"poll":3})");
  CHECK(section.positions.at("plugin.x.poll").file == "conf.d/20-b.toml");
  CHECK(section.positions.at("plugin.x.device[1].host").file == "conf.d/10-a.toml");
  CHECK(section.positions.at("plugin.x.device[1].host").line == 5);
  CHECK(section.positions.at("plugin.x.device[2].host").file == "conf.d/20-b.toml");
}

TEST_CASE("an empty list in a later file clears a list of tables") {
  const Folder folder;
  folder.write("conf.d/a.toml", "plugin.x.device = []\n");
  const auto loaded = folder.load("[[plugin.x.device]]\nhost = 'a'\n");
  REQUIRE(words(loaded) == "ok");
  CHECK(loaded->plugins.at("x").settings->getArray("device")->size() == 0);
}

TEST_CASE("a table in one file and a value in another are an error with both places") {
  const Folder folder;
  folder.write("conf.d/a.toml", "\nserver = 1\n");
  CHECK(words(folder.load("[server]\n")) ==
        "conf.d/a.toml:2: server: is a value here, but not in hearth.toml:1");
}

TEST_CASE("a syntax error carries line and column, and each broken file is told of") {
  const Folder folder;
  folder.write("conf.d/a.toml", "= 3\n");
  const auto loaded = folder.load("[server]\nname = \"x\n");
  REQUIRE(loaded.errors().size() == 2);
  CHECK(loaded.errors()[0].where.file == "hearth.toml");
  CHECK(loaded.errors()[0].where.line == 2);
  CHECK(loaded.errors()[0].where.column > 0);
  CHECK(loaded.errors()[1].where.file == "conf.d/a.toml");
}

TEST_CASE("a key given twice in one file is an error") {
  const Folder folder;
  const auto loaded = folder.load("[server]\nname = 'a'\nname = 'b'\n");
  REQUIRE(loaded.errors().size() == 1);
  CHECK(loaded.errors()[0].where.line == 3);
  CHECK(loaded.errors()[0].message.find("name") != std::string::npos);
}

TEST_CASE("a broken server or home part stops the loading, with what was expected") {
  const Folder folder;
  CHECK(words(folder.load("[server]\nlog_entries = 3")) ==
        "hearth.toml:2: server.log_entries: expected an integer from 16 to 1000000");
  CHECK(words(folder.load("[server]\nname = true")) ==
        "hearth.toml:2: server.name: expected a text of 1 to 64 characters, found true or false");
  CHECK(words(folder.load("server = 3")) == "hearth.toml:1: server: expected a table, found an integer");
  CHECK(words(folder.load("[home]\nlatitude = 91\nlongitude = -181.5")) ==
        "hearth.toml:2: home.latitude: expected a number from -90 to 90\n"
        "hearth.toml:3: home.longitude: expected a number from -180 to 180");
  CHECK(words(folder.load("[home]\nlatitude = true\nlongitude = 1")) ==
        "hearth.toml:2: home.latitude: expected a number from -90 to 90, found true or false");
  CHECK(words(folder.load("[home]\nlatitude = 1.0")) ==
        "hearth.toml:1: home.longitude: is required beside latitude");
}

TEST_CASE("an unknown key is an error with the nearest known one") {
  const Folder folder;
  CHECK(words(folder.load("[server]\nnmae = 'x'")) ==
        "hearth.toml:2: server.nmae: unknown key, did you mean 'name'?");
  CHECK(words(folder.load("[server]\nlog = 1")) ==
        "hearth.toml:2: server.log: unknown key, did you mean 'log_entries'?");
  CHECK(words(folder.load("[pluign.x]\n")) == "hearth.toml:1: pluign: unknown key, did you mean 'plugin'?");
  CHECK(words(folder.load("[home]\nzzz = 1")) ==
        "hearth.toml:2: home.zzz: unknown key; known here: latitude, longitude, program_grace_s, "
        "timezone");
}

TEST_CASE("the time zone has to be one of this system") {
  const Folder folder;
  for (const char* zone : {"Europe/Atlantis", "../notes.txt", "notes.txt", "Europe"}) {
    INFO(zone);
    CHECK(words(folder.load("[home]\ntimezone = '" + std::string(zone) + "'"))
              .find("home.timezone: expected") != std::string::npos);
  }
  CHECK(words(folder.load("[home]\ntimezone = 'UTC'")) == "ok");
}

TEST_CASE("without a time zone the one of the system is taken") {
  const Folder folder;
  std::filesystem::create_symlink("../usr/share/zoneinfo/Europe/Berlin", folder.path() / "localtime");
  const auto loaded = folder.load("");
  REQUIRE(words(loaded) == "ok");
  CHECK(loaded->home.timezone == "Europe/Berlin");
  CHECK(loaded->zone_doubt.empty());
}

TEST_CASE(
    "a system whose zone has no name is in UTC, and that is doubted unless the configuration names one") {
  const Folder folder;
  SECTION("its file is a copy") { folder.write("localtime", "TZif2"); }
  SECTION("its link leads elsewhere") {
    std::filesystem::create_symlink("../notes.txt", folder.path() / "localtime");
  }
  SECTION("its link names no zone") {
    std::filesystem::create_symlink("../zoneinfo/Europe/Atlantis", folder.path() / "localtime");
  }
  const auto guessed = folder.load("");
  REQUIRE(words(guessed) == "ok");
  CHECK(guessed->home.timezone == "UTC");
  CHECK(guessed->zone_doubt.find("is not a link that names a time zone") != std::string::npos);
  const auto named = folder.load("[home]\ntimezone = 'Europe/Berlin'");
  REQUIRE(words(named) == "ok");
  CHECK(named->zone_doubt.empty());
}

TEST_CASE("a system without a zone is in UTC, beyond doubt") {
  const Folder folder;
  const auto loaded = folder.load("[home]\nprogram_grace_s = 60");
  REQUIRE(words(loaded) == "ok");
  CHECK(loaded->home.timezone == "UTC");
  CHECK(loaded->zone_doubt.empty());
}

TEST_CASE("a broken plugin section is that plugin's problem only") {
  const Folder folder;
  const auto loaded = folder.load(R"(
[plugin.good]
a = 1
[plugin.bad]
enabled = "yes"
isolation = "jail"
permissions = "all"
[plugin]
scalar = 3
"two words" = {}
number = nan
)");
  REQUIRE(words(loaded) == "ok");
  CHECK(loaded->plugins.at("good").problems.empty());
  CHECK(to_string(loaded->plugins.at("bad").problems) ==
        "hearth.toml:5: plugin.bad.enabled: expected true or false, found a text\n"
        "hearth.toml:6: plugin.bad.isolation: expected one of 'none', 'process'\n"
        "hearth.toml:7: plugin.bad.permissions: expected a list of at most 64 items, found a text");
  CHECK(to_string(loaded->plugins.at("scalar").problems) ==
        "hearth.toml:9: plugin.scalar: expected a table, found an integer");
  CHECK(loaded->plugins.at("two words").problems.size() == 1);
  CHECK(to_string(loaded->plugins.at("number").problems) ==
        "hearth.toml:11: plugin.number: expected a finite number");
  CHECK(loaded->plugins.at("number").id == "number");
  for (const ConfigError& problem : loaded->problems()) CHECK_FALSE(problem.plugin.empty());
  CHECK(loaded->problems().size() == 6);
}

TEST_CASE("errors never quote a value") {
  const Folder folder;
  CHECK(words(folder.load("[home]\nlatitude = 123.456\nlongitude = 1.0")).find("123.456") ==
        std::string::npos);
  CHECK(words(folder.load("[server]\nname = ['s3cret']")).find("s3cret") == std::string::npos);
}
