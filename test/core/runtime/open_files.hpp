// For tests of descriptors: making them, and counting those of this process.
#ifndef HEARTH_TEST_CORE_RUNTIME_OPEN_FILES_HPP
#define HEARTH_TEST_CORE_RUNTIME_OPEN_FILES_HPP

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>

#include "core/runtime/request_files.hpp"
#include "core/system/unique_fd.hpp"

namespace hearth::core::test {

// Of this process.
inline std::ptrdiff_t open_descriptors() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

// A file with that content, open for reading, which has no name any more.
inline UniqueFd file_with(std::string_view content) {
  std::string name = (std::filesystem::temp_directory_path() / "hearth-test-XXXXXX").native();
  const UniqueFd written(::mkstemp(name.data()));
  UniqueFd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  ::unlink(name.c_str());
  if (!file || ::write(written.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size()))
    throw std::runtime_error("no file for the test");
  return file;
}

inline std::string content_of(int fd) {
  char text[1024];
  const auto got = ::pread(fd, text, sizeof text, 0);
  return got < 0 ? "unreadable" : std::string(text, static_cast<std::size_t>(got));
}

// One file for each argument, from 0.
inline RequestFiles::List files_with(std::initializer_list<std::string_view> contents) {
  RequestFiles::List files;
  for (const auto content : contents)
    files.push_back({static_cast<std::uint32_t>(files.size()), file_with(content)});
  return files;
}

struct SocketPair {
  explicit SocketPair(int type) {
    int ends[2];
    if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends) != 0) throw std::runtime_error("no socket pair");
    near = UniqueFd(ends[0]);
    far = UniqueFd(ends[1]);
  }
  UniqueFd near, far;
};

}  // namespace hearth::core::test

#endif
