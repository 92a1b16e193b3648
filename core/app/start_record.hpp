// StartRecord: the starts that no orderly stop followed. Three in a row make a crash loop.
#ifndef HEARTH_CORE_APP_START_RECORD_HPP
#define HEARTH_CORE_APP_START_RECORD_HPP

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "hearth/status.hpp"

namespace hearth::core {

// A small text file: the boot id, then a line for each start, in microseconds of the steady clock, which runs
// through all starts of one boot. What can't be read counts as empty. Used by one thread.
class StartRecord {
 public:
  static constexpr std::size_t kStarts = 3;                   // so many bad starts ...
  static constexpr std::int64_t kWithinUs = 300'000'000;      // ... within this time are a crash loop
  static constexpr std::int64_t kLongEnoughUs = 600'000'000;  // a server up for so long is well

  using Clock = std::function<std::int64_t()>;  // microseconds, steady

  // `boot_id` as current_boot_id() yields it; with an empty one nothing is ever a loop.
  StartRecord(std::filesystem::path file, std::string boot_id, Clock now_us);

  // Notes this start, safely on disk when it returns; true if the last kStarts ended badly and lately.
  // Failure: it couldn't be noted; the server runs as if there were no record. Waits for the disk.
  Result<bool> begin();

  // All is well: an orderly stop, or long enough up. Doesn't wait for the disk.
  Status clear();

 private:
  std::vector<std::int64_t> bad_starts() const;
  Status write(const std::vector<std::int64_t>& starts) const;

  const std::filesystem::path file_;
  const std::string boot_id_;
  const Clock now_us_;
};

// What the kernel calls this run of itself; empty if it can't be read.
std::string current_boot_id();

}  // namespace hearth::core

#endif
