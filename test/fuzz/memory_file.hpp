// MemoryFile: a file without a disk, for what reads descriptors or paths.
#ifndef HEARTH_TEST_FUZZ_MEMORY_FILE_HPP
#define HEARTH_TEST_FUZZ_MEMORY_FILE_HPP

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "core/system/unique_fd.hpp"
#include "test/fuzz/require.hpp"

namespace hearth::fuzz {

class MemoryFile {
 public:
  MemoryFile() : file_(::memfd_create("fuzz", MFD_CLOEXEC)) { require(file_.get() >= 0, "there is a file"); }

  // Its whole content from now on.
  void fill(std::string_view bytes) {
    const bool filled = ::ftruncate(file_.get(), 0) == 0 && ::pwrite(file_.get(), bytes.data(), bytes.size(),
                                                                     0) == static_cast<ssize_t>(bytes.size());
    require(filled, "the file takes it all");
  }
  int fd() const { return file_.get(); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd()); }

 private:
  core::UniqueFd file_;
};

}  // namespace hearth::fuzz

#endif
