// Descriptors beside bytes: they arrive in their order, within their bound, and are what they should be.
#include "core/runtime/descriptors.hpp"

#include <netinet/in.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "test/core/runtime/open_files.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

std::vector<UniqueFd> files(std::initializer_list<std::string_view> contents) {
  std::vector<UniqueFd> all;
  for (const auto content : contents) all.push_back(file_with(content));
  return all;
}

struct Read {
  Read(const SocketPair& pair, std::size_t most) {
    char buffer[100];
    size = receive_with(pair.far.get(), buffer, sizeof buffer, 0, most, descriptors, &all_came);
    if (size > 0) text.assign(buffer, static_cast<std::size_t>(size));
  }
  ssize_t size = 0;
  std::string text;
  std::vector<UniqueFd> descriptors;
  bool all_came = false;
};

}  // namespace

TEST_CASE("descriptors arrive with their bytes, in their order, closed on exec") {
  const SocketPair pair(SOCK_STREAM);
  CHECK(send_with(pair.near.get(), "plain", 5, {}) == 5);
  CHECK(send_with(pair.near.get(), "with", 4, files({"one", "two"})) == 4);
  CHECK(send_with(pair.near.get(), "behind", 6, {}) == 6);
  const Read first(pair, 8);  // ends behind what came with descriptors
  CHECK(first.text == "plainwith");
  CHECK(first.all_came);
  REQUIRE(first.descriptors.size() == 2);
  CHECK(content_of(first.descriptors[0].get()) == "one");
  CHECK(content_of(first.descriptors[1].get()) == "two");
  CHECK((::fcntl(first.descriptors[0].get(), F_GETFD) & FD_CLOEXEC) != 0);
  const Read second(pair, 8);
  CHECK(second.text == "behind");
  CHECK(second.descriptors.empty());
  const Read third(pair, 8);
  CHECK(third.size == -1);
  CHECK(errno == EAGAIN);
}

TEST_CASE("more descriptors than wanted don't come, and that is told") {
  const SocketPair pair(SOCK_STREAM);
  const auto before = open_descriptors();
  {
    CHECK(send_with(pair.near.get(), "x", 1, files({"1", "2", "3", "4", "5", "6", "7", "8", "9"})) == 1);
    const Read read(pair, 8);
    CHECK_FALSE(read.all_came);
    CHECK(read.descriptors.size() == 8);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("what a stranger sent is closed, a socket that would linger too") {
  auto given = files({"x"});
  UniqueFd tcp(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const linger patient{1, 60};
  ::setsockopt(tcp.get(), SOL_SOCKET, SO_LINGER, &patient, sizeof patient);
  const UniqueFd other(::dup(tcp.get()));
  given.push_back(std::move(tcp));
  const auto before = open_descriptors();
  close_foreign(given);
  CHECK(given.empty());
  CHECK(open_descriptors() == before - 2);
  linger now{};
  socklen_t size = sizeof now;
  REQUIRE(::getsockopt(other.get(), SOL_SOCKET, SO_LINGER, &now, &size) == 0);
  CHECK((now.l_onoff == 1 && now.l_linger == 0));
}

TEST_CASE("only a regular file that is open for reading alone is one to read") {
  const std::string folder = std::filesystem::temp_directory_path().native();
  const auto opened = [](const std::string& path, int flags) {
    return UniqueFd(::open(path.c_str(), flags));
  };
  CHECK(is_file_to_read(file_with("").get()));
  CHECK(is_file_to_read(opened("/proc/self/exe", O_RDONLY).get()));
  CHECK_FALSE(is_file_to_read(opened("/proc/self/exe", O_PATH).get()));
  CHECK_FALSE(is_file_to_read(opened(folder, O_RDONLY | O_DIRECTORY).get()));
  CHECK_FALSE(is_file_to_read(opened("/dev/null", O_RDONLY).get()));
  CHECK_FALSE(is_file_to_read(opened(folder, O_RDWR | O_TMPFILE).get()));
  CHECK_FALSE(is_file_to_read(opened(folder, O_WRONLY | O_TMPFILE).get()));
  CHECK_FALSE(is_file_to_read(SocketPair(SOCK_STREAM).near.get()));
  CHECK_FALSE(is_file_to_read(-1));
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const UniqueFd reads(ends[0]), writes(ends[1]);
  CHECK_FALSE(is_file_to_read(reads.get()));
}
