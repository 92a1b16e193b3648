// File: reading what somebody else has opened, and closing it once.
#include <fcntl.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <string_view>

#include "hearth/files.hpp"

using hearth::ErrorCode;
using hearth::File;

namespace {

// Has no name; its offset is at the end.
File file_with(std::string_view content) {
  const auto folder = std::filesystem::temp_directory_path();
  File file(::open(folder.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, 0600));
  REQUIRE(::write(file.fd(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  return file;
}

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

}  // namespace

TEST_CASE("all of a file is read from its beginning, again and again, bytes that are no text too") {
  const std::string large(100'000, 'x'), odd("a\0\xff\n", 4);
  for (const std::string_view content :
       {std::string_view(), std::string_view(odd), std::string_view(large)}) {
    const auto file = file_with(content);
    CHECK(*file.size() == content.size());
    CHECK(*file.read_all(100'000) == content);
    CHECK(*file.read_all(100'000) == content);
  }
}

TEST_CASE("a file longer than wanted is refused in words") {
  CHECK(*file_with("12345").read_all(5) == "12345");
  const auto longer = file_with("123456").read_all(5);
  REQUIRE_FALSE(longer.ok());
  CHECK(longer.error().code == ErrorCode::kInvalid);
  CHECK(longer.error().words == "longer than 5 bytes");
  CHECK_FALSE(file_with("x").read_all(0).ok());
  CHECK(file_with("").read_all(0).ok());
}

TEST_CASE("a file that can't be read says why") {
  const File folder(::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  CHECK(folder.read_all(10).error().words == "Is a directory");
  CHECK(File().read_all(10).error().words == "Bad file descriptor");
  CHECK(File().size().error().code == ErrorCode::kFailed);
}

TEST_CASE("a file is closed once, by whoever has it last") {
  auto first = file_with("x");
  const int fd = first.fd();
  File second(std::move(first));
  CHECK_FALSE(first);  // NOLINT(bugprone-use-after-move): that is what is told
  CHECK(is_open(fd));
  {
    const auto third = std::move(second);
    CHECK(third.fd() == fd);
  }
  CHECK_FALSE(is_open(fd));
  auto other = file_with("y");
  const File owner(other.release());
  CHECK_FALSE(other);
  CHECK(is_open(owner.fd()));
}
