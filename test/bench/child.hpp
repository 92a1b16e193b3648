// Child: a program that a benchmark starts, listens to, measures through /proc, and ends by its pid.
#ifndef HEARTH_TEST_BENCH_CHILD_HPP
#define HEARTH_TEST_BENCH_CHILD_HPP

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace hearth::bench {

using Seconds = std::chrono::duration<double>;

// Everything throws std::runtime_error with words on failure: a benchmark has no way on.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments);
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  // SIGTERM, and SIGKILL after 5 s.
  ~Child();

  pid_t pid() const { return pid_; }

  // Reads its output, both streams, until `text` and the line that it stands in have come; the rest of that
  // line.
  std::string wait_for(const std::string& text, Seconds patience = Seconds(10));
  // Reads until it ends by itself; all that it has said.
  const std::string& finish(Seconds patience = Seconds(10));
  // Watches it for so long, while it has nothing to say or to do; throws if it ends before.
  void observe(Seconds time);
  const std::string& said() const { return said_; }

  // CPU time of all its threads, user and system, in clock ticks of 10 ms.
  std::uint64_t cpu_ticks() const;
  // The same in seconds, of the threads that are alive, to the nanosecond.
  Seconds cpu() const;
  // Proportional set size of it and its children.
  double pss_mb() const;
  // Resident set size of it alone.
  double rss_kib() const;
  // Caused by it and its children since they began.
  std::uint64_t bytes_written() const;

 private:
  bool read_more(std::chrono::steady_clock::time_point deadline);
  std::vector<pid_t> family() const;
  bool has_ended();

  pid_t pid_ = -1;
  int output_ = -1;
  bool ended_ = false;
  std::string said_;
};

}  // namespace hearth::bench

#endif
