// Tests of core/control/control_socket.hpp: whose file it is, and who may use it.
#include "core/control/control_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <fstream>

#include "test/core/control/folder.hpp"

using namespace hearth;
using namespace hearth::core;

namespace {

// A socket file whose server is dead.
void leave_behind(const std::filesystem::path& path) {
  const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
}

}  // namespace

TEST_CASE("the socket is for its owner and group only") {
  const test::Folder folder;
  const auto socket = ListeningSocket::open(folder.path() / "s");
  REQUIRE(socket.ok());
  struct stat info {};
  REQUIRE(::lstat((folder.path() / "s").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0660);
}

TEST_CASE("a dead server's socket is replaced") {
  const test::Folder folder;
  leave_behind(folder.path() / "s");
  CHECK(ListeningSocket::open(folder.path() / "s").ok());
}

TEST_CASE("a living server's socket is left alone, and said so") {
  const test::Folder folder;
  const auto first = ListeningSocket::open(folder.path() / "s");
  REQUIRE(first.ok());
  const auto second = ListeningSocket::open(folder.path() / "s");
  REQUIRE_FALSE(second.ok());
  CHECK(second.error().words ==
        "another hearthd is running: it answers at " + (folder.path() / "s").native());
  CHECK(connect_to(folder.path() / "s").ok());
}

TEST_CASE("a file that is no socket is not removed") {
  const test::Folder folder;
  std::ofstream(folder.path() / "s") << "precious";
  const auto socket = ListeningSocket::open(folder.path() / "s");
  REQUIRE_FALSE(socket.ok());
  CHECK(std::filesystem::is_regular_file(folder.path() / "s"));
}

TEST_CASE("the end of the server removes its file, but not its successor's") {
  const test::Folder folder;
  const auto path = folder.path() / "s";
  {
    const auto socket = ListeningSocket::open(path);
    REQUIRE(socket.ok());
  }
  CHECK_FALSE(std::filesystem::exists(path));
  auto old = ListeningSocket::open(path);
  REQUIRE(old.ok());
  std::filesystem::rename(path, folder.path() / "kept");  // keeps its inode from being given out again
  const auto successor = ListeningSocket::open(path);
  REQUIRE(successor.ok());
  old->close();
  CHECK(std::filesystem::exists(path));
}

TEST_CASE("without a server the words say what is missing and where") {
  const test::Folder folder;
  const auto none = connect_to(folder.path() / "s");
  CHECK(none.error().words ==
        "hearthd isn't running: no control socket at " + (folder.path() / "s").native());
  leave_behind(folder.path() / "s");
  CHECK(
      connect_to(folder.path() / "s").error().words.starts_with("hearthd isn't running: nobody answers at "));
}

TEST_CASE("a path too long for a socket is refused in words") {
  const auto socket = ListeningSocket::open("/" + std::string(200, 'x'));
  REQUIRE_FALSE(socket.ok());
  CHECK(socket.error().words.find("at most 107 bytes") != std::string::npos);
}
