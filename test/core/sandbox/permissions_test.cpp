// Permissions as text: read, matched, written, and hostile ones refused.
#include "core/sandbox/permissions.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace hearth::core;
using Texts = std::vector<std::string>;

namespace {

Texts again(const Texts& texts) {
  const auto permissions = Permissions::parse(texts);
  return permissions ? to_texts(*permissions) : Texts{permissions.error().words};
}

struct Case {
  Texts wanted, granted, both, refused;
};

}  // namespace

TEST_CASE("permissions are read and written in one way") {
  CHECK(again({}).empty());
  CHECK(again({"net"}) == Texts{"net"});
  CHECK(again({"net:lan"}) == Texts{"net"});
  CHECK(again({"net:wan", "net:lan", "net"}) == Texts{"net"});
  CHECK(again({"bus:*"}) == Texts{"bus:listen", "bus:command"});
  CHECK(again({"bus:command", "gpio", "net"}) == Texts{"net", "gpio", "bus:command"});
  CHECK(again({"files:/b", "files:/a", "files:/b"}) == Texts{"files:/a", "files:/b"});
  CHECK(again({"files:/a/b.c/..d/... e"}) == Texts{"files:/a/b.c/..d/... e"});
  CHECK(again({"files:/sr\xC3\xBC"}) == Texts{"files:/sr\xC3\xBC"});
}

TEST_CASE("what was written is read as the same") {
  for (const Permissions& permissions :
       {Permissions{}, Permissions::everything(), Permissions{true, false, true, false, {"/a", "/b/c"}}}) {
    const auto read = Permissions::parse(to_texts(permissions));
    REQUIRE(read.ok());
    CHECK(*read == permissions);
  }
}

TEST_CASE("everything is all that needs no path") {
  CHECK(to_texts(Permissions::everything()) == Texts{"net", "gpio", "bus:listen", "bus:command"});
}

TEST_CASE("an unknown permission is named, with those that there are") {
  const auto read = Permissions::parse({"net", "bluetooth"});
  REQUIRE_FALSE(read.ok());
  CHECK(read.error().code == hearth::ErrorCode::kInvalid);
  CHECK(
      read.error().words ==
      "'bluetooth' is no permission; there are net, net:lan, net:wan, gpio, bus:listen, bus:command, bus:*, "
      "files:/folder");
}

TEST_CASE("words that come close are refused") {
  for (const std::string& text :
       Texts{"", "Net", "net ", " net", "net:", "net:*", "net:lan:9", "netfilter", "bus", "bus:", "bus:all",
             "gpio:1", "*", std::string("net\0", 4), "file:/a", "files", "Files:/a"}) {
    INFO(text);
    const auto read = Permissions::parse({text});
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == hearth::ErrorCode::kInvalid);
  }
}

TEST_CASE("a path is absolute, in its shortest form, and not the whole tree") {
  for (const std::string& path : Texts{"",
                                       "/",
                                       "//",
                                       "a",
                                       "./a",
                                       "../a",
                                       "~/a",
                                       "/a/",
                                       "//a",
                                       "/a//b",
                                       "/.",
                                       "/..",
                                       "/a/.",
                                       "/a/..",
                                       "/a/./b",
                                       "/a/../b",
                                       "/../etc",
                                       std::string("/a\0/b", 5),
                                       "/a\nb",
                                       "/a\x1b[2J",
                                       "/a\x7f",
                                       " /a",
                                       "/" + std::string(5'000, 'a')}) {
    INFO(path);
    const auto read = Permissions::parse({"files:" + path});
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().code == hearth::ErrorCode::kInvalid);
  }
}

TEST_CASE("words about a hostile text are one short printable line") {
  for (const std::string& text : {std::string("a\nb\x1b[2J\0\xff", 9), std::string(100'000, 'x'),
                                  "files:/a\r" + std::string(100'000, 'y')}) {
    const auto read = Permissions::parse({text});
    REQUIRE_FALSE(read.ok());
    const std::string& words = read.error().words;
    CHECK(words.size() < 250);
    CHECK(std::all_of(words.begin(), words.end(), [](char c) { return c >= 0x20 && c < 0x7f; }));
  }
}

TEST_CASE("a list without end is refused") {
  CHECK(Permissions::parse(Texts(kMaxPermissions, "net")).ok());
  CHECK_FALSE(Permissions::parse(Texts(kMaxPermissions + 1, "net")).ok());
  CHECK_FALSE(grant(Texts(100'000, "net"), {"net"}).ok());
}

TEST_CASE("granted is what the manifest wants and the owner grants") {
  const Case cases[] = {
      {{}, {}, {}, {}},
      {{}, {"net", "gpio"}, {}, {}},
      {{"net"}, {}, {}, {"net"}},
      {{"net", "gpio"}, {"gpio"}, {"gpio"}, {"net"}},
      {{"net:lan"}, {"net:lan"}, {"net"}, {}},
      {{"net:lan"}, {"net"}, {"net"}, {}},
      {{"net:lan", "net:wan"}, {"net:wan"}, {"net"}, {"net:lan"}},
      {{"net"}, {"net:lan", "net:wan"}, {}, {"net"}},
      {{"bus:*"}, {"bus:*"}, {"bus:listen", "bus:command"}, {}},
      {{"bus:*"}, {"bus:listen"}, {"bus:listen"}, {"bus:command"}},
      {{"bus:listen"}, {"bus:*"}, {"bus:listen"}, {}},
      {{"bus:*"}, {}, {}, {"bus:listen", "bus:command"}},
      {{"files:/a/b"}, {"files:/a"}, {"files:/a/b"}, {}},
      {{"files:/a/b/c"}, {"files:/a", "files:/a/b"}, {"files:/a/b/c"}, {}},
      {{"files:/a"}, {"files:/a/b"}, {}, {"files:/a"}},
      {{"files:/ab"}, {"files:/a"}, {}, {"files:/ab"}},
      {{"files:/a"}, {"files:/a"}, {"files:/a"}, {}},
      {{"gpio", "net", "gpio", "net"}, {"net"}, {"net"}, {"gpio"}},
  };
  for (const Case& c : cases) {
    INFO(Catch::StringMaker<Texts>::convert(c.wanted)
         << " of " << Catch::StringMaker<Texts>::convert(c.granted));
    const auto outcome = grant(c.wanted, c.granted);
    REQUIRE(outcome.ok());
    CHECK(to_texts(outcome->permissions) == c.both);
    CHECK(outcome->refused == c.refused);
  }
}

TEST_CASE("a mistake says on which side it is") {
  CHECK(grant({"nett"}, {"net"}).error().words.starts_with("wanted: 'nett'"));
  CHECK(grant({"net"}, {"files:.."}).error().words.starts_with("granted: 'files:..'"));
}
