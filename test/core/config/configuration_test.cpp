// Tests of comparing configurations: which plugins a reload concerns.
#include "core/config/configuration.hpp"

#include <catch2/catch.hpp>

#include "folder.hpp"

using namespace hearth::config;

namespace {

const std::string kBefore = "[plugin.a]\nx = 1\n[plugin.b]\nenabled = true\nx.y = [1, 2]\n";

std::vector<std::string> changed_by(const std::string& after) {
  const Folder folder;
  const auto old_one = folder.load(kBefore);
  const auto new_one = folder.load(after);
  REQUIRE(words(old_one) == "ok");
  REQUIRE(words(new_one) == "ok");
  return changed_plugins(*old_one, *new_one);
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("moving lines, comments, order and said defaults change no plugin") {
  CHECK(changed_by(kBefore).empty());
  CHECK(changed_by("# new\n\n[plugin.b]\nx = {y = [1, 2]}\n[plugin.a]\nenabled = true\nx = 1\n").empty());
}

TEST_CASE("only the plugin whose part changed is named") {
  CHECK(changed_by("[plugin.a]\nx = 2\n[plugin.b]\nx.y = [1, 2]\n") == Ids{"a"});
  CHECK(changed_by("[plugin.a]\nx = 1\n[plugin.b]\nx.y = [2, 1]\n") == Ids{"b"});
  CHECK(changed_by("[plugin.a]\nx = 1.0\n[plugin.b]\nx.y = [1, 2]\n") == Ids{"a"});
  CHECK(changed_by("[plugin.a]\nx = 1\nenabled = false\n[plugin.b]\nx.y = [1, 2]\n") == Ids{"a"});
  CHECK(changed_by("[plugin.a]\nx = 1\nisolation = 'none'\n[plugin.b]\nx.y = [1, 2]\n") == Ids{"a"});
  CHECK(changed_by("[plugin.a]\nx = 1\npermissions = []\n[plugin.b]\nx.y = [1, 2]\n") == Ids{"a"});
}

TEST_CASE("plugins that come, go or break are named") {
  CHECK(changed_by("[plugin.b]\nx.y = [1, 2]\n") == Ids{"a"});
  CHECK(changed_by(kBefore + "[plugin.c]\n") == Ids{"c"});
  CHECK(changed_by("[plugin.a]\nx = 1\nenabled = 3\n[plugin.b]\nx.y = [1, 2]\n") == Ids{"a"});
}

TEST_CASE("the order of permissions doesn't matter") {
  const Folder folder;
  const auto one = folder.load("[plugin.a]\npermissions = ['x', 'y']");
  const auto other = folder.load("[plugin.a]\npermissions = ['y', 'x']");
  CHECK(changed_plugins(*one, *other).empty());
}

TEST_CASE("a plugin without a section has an empty one in the main file") {
  const Folder folder;
  const auto loaded = folder.load("[plugin.a]\nx = 1");
  CHECK(loaded->section("a").settings->size() == 1);
  const PluginSection none = loaded->section("b");
  CHECK(none.id == "b");
  CHECK(none.enabled);
  CHECK(none.settings->size() == 0);
  CHECK(none.where.file == "hearth.toml");
}
