// Tests of configuration files that mean harm, or have been damaged.
#include <fcntl.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "core/config/toml_depth.hpp"
#include "folder.hpp"

using namespace hearth::config;

namespace {

std::string repeat(std::string_view part, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("a file of two megabytes is refused") {
  const Folder folder;
  CHECK(words(folder.load("# " + std::string(2 * 1024 * 1024, 'x'))).find("is larger than 1024 KiB") !=
        std::string::npos);
}

TEST_CASE("a large file in conf.d is named") {
  const Folder folder;
  folder.write("conf.d/big.toml", "# " + std::string(2 * 1024 * 1024, 'x'));
  CHECK(words(folder.load("")) == "conf.d/big.toml: is larger than 1024 KiB");
}

TEST_CASE("a file that is not UTF-8 is refused") {
  const Folder folder;
  CHECK(words(folder.load("[server]\nname = 'K\xFC"
                          "che'")) == "hearth.toml: is not UTF-8");
}

TEST_CASE("a folder, or a FIFO, in the place of a file is an error and holds nothing up") {
  const Folder folder;
  std::filesystem::create_directories(folder.path() / "conf.d");
  REQUIRE(mkfifo((folder.path() / "conf.d/a.toml").c_str(), 0600) == 0);
  std::filesystem::create_directory(folder.path() / "conf.d/b.toml");
  CHECK(words(folder.load("")) ==
        "conf.d/a.toml: is not a regular file\nconf.d/b.toml: is not a regular file");
}

TEST_CASE("deep nesting is refused in each of its forms") {
  const Folder folder;
  const std::string expected = "nested deeper than 32 levels";
  for (const std::string& text :
       {"a = " + repeat("[", 100'000), "a = " + repeat("{a=", 100'000), repeat("a.", 200'000) + "a = 1",
        "[" + repeat("a.", 200'000) + "a]", "x = 1\n[plugin." + repeat("a . ", 200) + "a]",
        "a = {" + repeat("a.", 50) + "b = 1}", repeat("\"a\".", 100) + "b = 1",
        repeat("'a.b'.", 100) + "b = 1"}) {
    INFO(text.substr(0, 20));
    CHECK(words(folder.load(text)).find(expected) != std::string::npos);
  }
}

TEST_CASE("nesting that each step hides from the next one is refused all the same") {
  const Folder folder;
  const std::string dotted = repeat("a.", 20);
  const std::string text = "[" + dotted + "b]\n" + dotted + "c = {" + dotted + "d = {" + dotted + "e = 1}}\n";
  CHECK(words(folder.load(text)).find("nested deeper than 32 levels") != std::string::npos);
}

TEST_CASE("dots and brackets inside strings and comments don't count") {
  const std::string noise = repeat(".", 100) + repeat("[{", 100);
  CHECK_FALSE(too_deep_line("a = \"" + noise + "\"  # " + noise + "\nb = '" + noise + "'\n"));
  CHECK_FALSE(too_deep_line("a = \"\\\"" + noise + "\"\n"));
  CHECK_FALSE(too_deep_line("a = \"\"\"\n" + noise + "\\\"\"\"\"\"\"\nb = '''" + noise + "''\n'''\n"));
  CHECK(too_deep_line("a = \"\"\"\n\"\"\"\nb = '''\n'''\n" + repeat("a.", 40)) == 5);
}

TEST_CASE("many keys on many lines are not taken for deep ones") {
  CHECK_FALSE(too_deep_line(repeat("a.b.c = 1.5\n", 1000)));
  CHECK_FALSE(too_deep_line("a = [" + repeat("1.5, ", 1000) + "]"));
  CHECK_FALSE(too_deep_line("a = [" + repeat("[1.5], ", 1000) + "]"));
}

TEST_CASE("keys with control characters, endless texts and infinite numbers are refused where they stand") {
  const Folder folder;
  const auto loaded = folder.load("[plugin.x]\n\"a\\u0000b\" = 1\nlong = '" + std::string(5000, 'x') +
                                  "'\nlist = [1.0, inf, -inf]\n[plugin.y]\n");
  REQUIRE(words(loaded) == "ok");
  CHECK(to_string(loaded->plugins.at("x").problems) ==
        "hearth.toml:2: plugin.x.\"a\\u{0}b\": a key has no control characters and at most 128 bytes\n"
        "hearth.toml:4: plugin.x.list[1]: expected a finite number\n"
        "hearth.toml:4: plugin.x.list[2]: expected a finite number\n"
        "hearth.toml:3: plugin.x.long: expected a text of at most 4096 bytes");
  CHECK(loaded->plugins.at("y").problems.empty());
}

TEST_CASE("a hundred thousand unknown keys give a bounded number of errors") {
  const Folder folder;
  std::string text = "[server]\n";
  for (int i = 0; i < 60'000; ++i) text += "k" + std::to_string(i) + " = 1\n";
  const auto loaded = folder.load(text);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.errors().size() <= 101);
}

TEST_CASE("every cut and every flipped byte of a file gives a configuration or an error") {
  const Folder folder;
  const std::string text =
      "[server]\nname = \"a\\u00e9\"\n[home]\nlatitude = 1.5e0\nlongitude = 0x1F\n[plugin.x]\na.b = {c = [1, "
      "'2', "
      "\"\"\"3\"\"\"]}\n[[plugin.x.d]]\ne = 1979-05-27T07:32:00Z # end\n[[plugin.x.d]]\n";
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto cut = folder.load(text.substr(0, size));
    CHECK((cut || !cut.errors().empty()));
    std::string flipped = text;
    for (const char mask : {'\x01', '\x04', '\x20', '\x80'}) {
      flipped[size] = static_cast<char>(text[size] ^ mask);
      const auto loaded = folder.load(flipped);
      CHECK((loaded || !loaded.errors().empty()));
    }
  }
}
