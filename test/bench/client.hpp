// Clients of a server that answers one request per connection and closes: one after the other, many in
// parallel, or at a rate.
#ifndef HEARTH_TEST_BENCH_CLIENT_HPP
#define HEARTH_TEST_BENCH_CLIENT_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "child.hpp"

namespace hearth::bench {

// A connection to 127.0.0.1 that sends at once what it is given; -1 if there is none.
int connect_to(std::uint16_t port);

struct LoadResult {
  std::size_t answers = 0;
  std::size_t failures = 0;  // no connection, or no answer of the expected length
  Seconds took{0};
  std::vector<float>
      latencies_us;  // from connecting (at a rate: from when that was due) to the server's end; sorted

  double per_second() const { return static_cast<double>(answers) / took.count(); }
  // `part` of 1.
  double percentile_us(double part) const;
};

// On 127.0.0.1, single-threaded. Throws std::runtime_error if the server can't be reached at all.
class Client {
 public:
  Client(std::uint16_t port, std::string request) : port_(port), request_(std::move(request)) {}

  // One exchange, waited for; the whole answer.
  std::string ask() const;

  // `parallel` connections at all times, each of one request, for `time`.
  LoadResult closed_loop(int parallel, Seconds time) const;
  // `per_second` connections, evenly spaced whatever becomes of them, for `time`. What waits in the client
  // counts as latency.
  LoadResult open_loop(double per_second, Seconds time) const;

 private:
  const std::uint16_t port_;
  const std::string request_;
};

// Connections that have sent the beginning of a request and no more, until it is dropped.
class HalfOpen {
 public:
  // Throws std::runtime_error if one can't be made.
  HalfOpen(std::uint16_t port, const std::string& beginning, int count);
  HalfOpen(const HalfOpen&) = delete;
  HalfOpen& operator=(const HalfOpen&) = delete;
  ~HalfOpen();

  // How many the server still waits for.
  int open() const;

 private:
  std::vector<int> sockets_;
};

}  // namespace hearth::bench

#endif
