// Child: a hearth-plugin-host of ours: started, watched, ended.
#ifndef HEARTH_CORE_ISOLATION_CHILD_HPP
#define HEARTH_CORE_ISOLATION_CHILD_HPP

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>

#include "core/runtime/event_loop.hpp"
#include "hearth/status.hpp"

namespace hearth::core {

// Where the process finds what it is given.
inline constexpr int kChannelFd = 3;
inline constexpr int kVitalsFd = 4;
// Its exit status after an orderly end; any other, 0 too, is a plugin that ended the process.
inline constexpr int kOrderlyExit = 42;

// [one thread] Its end kills the process and waits for it.
class Child {
 public:
  // Starts `program` with `name` as its argument. The socket pair is made here; channel_fd() is our end.
  static Result<std::unique_ptr<Child>> start(const std::filesystem::path& program, const std::string& name);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child();

  pid_t pid() const { return pid_; }
  int pid_fd() const { return pid_fd_; }  // readable once it has ended
  // Ours to close.
  int take_channel() { return std::exchange(channel_fd_, -1); }
  // Shared with the process: its numbers are hostile.
  const Vitals& vitals() const { return *vitals_; }

  void kill() const;
  // If it has ended: takes it off the system's list, and says how it ended ("it crashed (SIGSEGV)"; empty: in
  // order).
  bool reap(std::string* how);
  std::int64_t cpu_us() const;

 private:
  Child() = default;

  pid_t pid_ = 0;
  int pid_fd_ = -1;
  int channel_fd_ = -1;
  Vitals* vitals_ = nullptr;
  std::int64_t cpu_us_at_end_ = 0;
  bool reaped_ = false;
};

// Bytes of memory that a process has taken for itself: anonymous and shared memory, without the files that it
// maps (RssAnon, RssShmem of proc_pid_status(5)); 0: unknown. Not its PSS: reading that waits for locks that
// the process may hold.
std::uint64_t memory_of(pid_t pid);

}  // namespace hearth::core

#endif
