// RelayCrowd: many clients of the packet relay that send to each other, on one epoll loop that costs little.
#ifndef HEARTH_TEST_BENCH_RELAY_CROWD_HPP
#define HEARTH_TEST_BENCH_RELAY_CROWD_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "client.hpp"

namespace hearth::bench {

// Registered one after the other as "d0", "d1" and so on. Blocks; throws std::runtime_error with what came
// instead of an answer.
class RelayCrowd {
 public:
  RelayCrowd(std::uint16_t port, int clients);
  RelayCrowd(const RelayCrowd&) = delete;
  RelayCrowd& operator=(const RelayCrowd&) = delete;
  ~RelayCrowd();

  // Each client sends to the others in turn and has `window` packets without an answer at all times.
  LoadResult closed_loop(std::size_t window, Seconds time);
  // `per_second` packets in all, evenly over clients and time; latency counts from when one was due to when
  // its receiver has it.
  LoadResult open_loop(double per_second, Seconds time);

  // A further client, which registers as `name` and never reads again; some packets are sent to it by the
  // way.
  void add_deaf(const std::string& name);

 private:
  struct One {
    int fd;
    std::string input, output;
    std::size_t to = 0;       // whom it sends to next
    std::size_t credits = 0;  // packets it may send
  };

  int join(const std::string& name) const;
  void send(std::size_t from, double due);
  void flush(One& one);
  void turn(double timeout);
  void read(std::size_t index);
  void heard(One& one, std::string_view line);
  void settle(double end);
  double now() const;

  const std::uint16_t port_;
  const int epoll_;
  std::vector<One> all_;
  int deaf_ = -1;
  std::string deaf_name_;
  LoadResult result_;
  bool again_ = false;
  std::size_t unanswered_ = 0, refused_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace hearth::bench

#endif
