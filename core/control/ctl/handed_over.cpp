// Looking at what it is before it is opened: opening a device can do something.
#include "core/control/ctl/handed_over.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace hearth::core::ctl {
namespace {

Error failed(const std::string& path) {
  return {ErrorCode::kInvalid, fmt::format("{}: {}", path, std::generic_category().message(errno))};
}

Result<UniqueFd> open_file(const std::string& path) {
  const Error no_file{ErrorCode::kInvalid, path + " is no regular file"};
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return failed(path);
  if (S_ISDIR(info.st_mode)) return Error{ErrorCode::kInvalid, path + " is a folder"};
  if (!S_ISREG(info.st_mode)) return no_file;
  // By now it may be something else: that doesn't block either, and is seen.
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!fd || ::fstat(fd.get(), &info) != 0) return failed(path);
  if (!S_ISREG(info.st_mode)) return no_file;
  return fd;
}

}  // namespace

Result<HandedOver> open_files(const std::vector<std::string>& args, std::size_t count) {
  HandedOver files;
  for (std::size_t i = 0; i < args.size() && files.places.size() < count; ++i) {
    if (args[i].starts_with('-')) continue;
    auto fd = open_file(args[i]);
    if (!fd.ok()) return fd.error();
    files.places.push_back(i);
    files.descriptors.push_back(std::move(*fd));
  }
  return files;
}

}  // namespace hearth::core::ctl
