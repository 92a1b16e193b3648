// File: a file that somebody else has opened for this plugin, and how to get one (extension hearth.files/1).
#ifndef HEARTH_FILES_HPP
#define HEARTH_FILES_HPP

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

#include "hearth/files.h"
#include "hearth/log.hpp"
#include "hearth/status.hpp"

namespace hearth {

// Owns a descriptor that is open for reading. Move-only. Everything may wait for a disk: read much on a
// worker. [any]
class File {
 public:
  File() = default;
  explicit File(int fd) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }

  explicit operator bool() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  // The caller closes it from now on.
  int release() { return std::exchange(fd_, -1); }

  // Bytes; it may change while it is read.
  Result<std::uint64_t> size() const {
    struct stat status {};
    if (::fstat(fd_, &status) != 0) return failure();
    return static_cast<std::uint64_t>(status.st_size);
  }

  // All of it from the beginning, wherever it was read before. Longer than `most` bytes: kInvalid.
  Result<std::string> read_all(std::size_t most) const {
    std::string all;
    for (;;) {
      char portion[16384];
      const auto got = ::pread(fd_, portion, sizeof portion, static_cast<off_t>(all.size()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failure();
      if (got == 0) return all;
      all.append(portion, static_cast<std::size_t>(got));
      if (all.size() > most) return Error{ErrorCode::kInvalid, concat("longer than ", most, " bytes")};
    }
  }

 private:
  static Error failure() { return {ErrorCode::kFailed, std::generic_category().message(errno)}; }

  int fd_ = -1;
};

// The file that came for an argument of the request with that id; once for each. Verb::file is the easier
// way. [loop]
inline Result<File> take_file(const hearth_host* host, std::uint64_t request, std::uint32_t argument) {
  const auto* files = static_cast<const hearth_files*>(host->extension(host, detail::slice(HEARTH_FILES)));
  if (!files)
    return Error{ErrorCode::kDenied,
                 "no files are handed over: no verb of the plugin's manifest has \"files\""};
  std::int32_t fd = -1;
  const auto status = files->take(host, request, argument, &fd);
  if (status == HEARTH_OK) return File(fd);
  const auto code = static_cast<ErrorCode>(status);
  switch (code) {
    case ErrorCode::kInvalid: return Error{code, concat("argument ", argument, " is no file")};
    case ErrorCode::kStale:
      return Error{code, concat("argument ", argument, ": no file has come, or it was taken already")};
    default: return Error{code, concat("argument ", argument, ": no file: ", name(code))};
  }
}

}  // namespace hearth

#endif
