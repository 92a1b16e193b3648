// Private copies: what is copied, what isn't, and that nobody is held up by it.
#include "core/host/private_copy.hpp"

#include <Poco/SHA2Engine.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <thread>

#include "test/bad_plugins/hearthd_run.hpp"

using hearth::core::kMaxPluginFile;
using hearth::core::make_private_copy;

namespace fs = std::filesystem;

namespace {

struct Fixture {
  Fixture() { fs::create_directory(copies); }

  fs::path file(const std::string& name, const std::string& content) const {
    std::ofstream(folder.path() / name, std::ios::binary) << content;
    return folder.path() / name;
  }
  // Why it wasn't copied; and nothing is left lying about.
  std::string refusal(const fs::path& of) const {
    const auto copy = make_private_copy(of, copies);
    CHECK(fs::is_empty(copies));
    return copy.ok() ? "copied" : copy.error().words;
  }

  const hearth::test::TemporaryFolder folder;
  const fs::path copies = folder.path() / "copies";
};

std::string content_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

std::string digest(const std::string& content) {
  Poco::SHA2Engine hash(Poco::SHA2Engine::SHA_256);
  hash.update(content);
  return Poco::DigestEngine::digestToHex(hash.digest());
}

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "a copy has the file's content and its digest as its name, and can't be written to") {
  const auto original = file("a.so", "content");
  const auto copy = make_private_copy(original, copies);
  REQUIRE(copy.ok());
  CHECK(*copy == copies / (digest("content") + ".so"));
  CHECK(content_of(*copy) == "content");
  CHECK((fs::status(*copy).permissions() & fs::perms::all) ==
        (fs::perms::owner_read | fs::perms::owner_exec));
}

TEST_CASE_METHOD(Fixture, "files of the same content have the same copy, of another content another") {
  const auto a = make_private_copy(file("a.so", "content"), copies),
             b = make_private_copy(file("b.so", "content"), copies),
             c = make_private_copy(file("c.so", "other"), copies);
  CHECK(*a == *b);
  CHECK(*a != *c);
}

TEST_CASE_METHOD(Fixture, "a copy doesn't change with its file") {
  const auto original = file("a.so", "content");
  const auto copy = make_private_copy(original, copies);
  file("a.so", "overwritten");
  CHECK(content_of(*copy) == "content");
}

TEST_CASE_METHOD(Fixture, "what is no regular file is refused at once") {
  const auto fifo = folder.path() / "fifo.so";
  REQUIRE(mkfifo(fifo.c_str(), 0600) == 0);
  CHECK(refusal(fifo) == "not a regular file");
  fs::create_directory(folder.path() / "folder.so");
  CHECK(refusal(folder.path() / "folder.so") == "not a regular file");
  CHECK(refusal("/dev/null") == "not a regular file");
}

TEST_CASE_METHOD(Fixture, "links that lead nowhere or round in circles are refused") {
  fs::create_symlink(folder.path() / "b.so", folder.path() / "a.so");
  fs::create_symlink(folder.path() / "a.so", folder.path() / "b.so");
  CHECK(refusal(folder.path() / "a.so").find("cannot be opened") == 0);
  CHECK(refusal(folder.path() / "missing.so").find("cannot be opened") == 0);
}

TEST_CASE_METHOD(Fixture, "a file that may not be read is refused") {
  if (geteuid() == 0) return;  // may read everything
  const auto secret = file("a.so", "content");
  fs::permissions(secret, fs::perms::none);
  CHECK(refusal(secret).find("cannot be opened") == 0);
}

TEST_CASE_METHOD(Fixture, "a file that is too large is refused before it is read") {
  const auto large = file("a.so", "");
  fs::resize_file(large, kMaxPluginFile + 1);
  CHECK(refusal(large) == "larger than 64 MiB");
  fs::resize_file(large, std::uintmax_t{1} << 42);
  CHECK(refusal(large) == "larger than 64 MiB");
}

TEST_CASE_METHOD(Fixture, "without a folder to copy to there is an error, not a copy") {
  const auto copy = make_private_copy(file("a.so", "content"), folder.path() / "no such folder");
  REQUIRE_FALSE(copy.ok());
  CHECK(copy.error().words.find("no private copy") == 0);
}

TEST_CASE_METHOD(Fixture,
                 "while a file changes its copies are torn at worst, but always what their names say") {
  const auto original = file("a.so", std::string(300'000, '0'));
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (char c = '1'; !done; c = c == '9' ? '1' : static_cast<char>(c + 1)) {
      std::fstream out(original, std::ios::in | std::ios::out | std::ios::binary);
      out << std::string(300'000, c);
    }
  });
  for (int i = 0; i < 100; ++i) {
    const auto copy = make_private_copy(original, copies);
    if (!copy.ok()) continue;
    CHECK(copy->stem().string() == digest(content_of(*copy)));
  }
  done = true;
  writer.join();
}
