// PrivateFile: a small JSON object on disk that nobody else may read.
#ifndef HEARTH_INTERLOCK_PRIVATE_FILE_HPP
#define HEARTH_INTERLOCK_PRIVATE_FILE_HPP

#include <boost/json/object.hpp>
#include <filesystem>
#include <optional>

#include "hearth/status.hpp"

namespace hearth::interlock {

// Everything waits for a disk. [any, one at a time for each file]
class PrivateFile {
 public:
  explicit PrivateFile(std::filesystem::path path) : path_(std::move(path)) {}

  // Nothing if it isn't there. An error, in words without any of its content, for what can't be read, is no
  // regular file, longer than 64 KiB, or no JSON object. Others lose their right to read it.
  Result<std::optional<boost::json::object>> read() const;
  // Whole or not at all, whenever the power fails; mode 0600.
  Status write(const boost::json::object& content) const;
  // Fine if it isn't there.
  Status remove() const;

 private:
  Error failure(std::string_view what) const;

  const std::filesystem::path path_;
};

}  // namespace hearth::interlock

#endif
