// relay_bench BUILD_DIR [--quick]: packets between clients of the relay, beside the same in Node.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "house.hpp"
#include "relay_crowd.hpp"
#include "row.hpp"

namespace hearth::bench {

namespace {

constexpr int kClients = 100;
constexpr std::size_t kWindow = 8;  // packets without an answer, of each client
constexpr double kRate = 100'000;   // packets per second, for the latency

struct Lengths {
  int rounds = 7;
  Seconds round{0.5};
  int idle = 10'000;
};

struct Side {
  Child* server;
  RelayCrowd* crowd;
  std::vector<double> per_second, cpu_us, single_per_second, p99_us;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? std::nan("") : values[values.size() / 2];
}

void must_succeed(const LoadResult& load) {
  if (load.failures != 0 || load.answers == 0)
    throw std::runtime_error(fmt::format("{} of {} packets failed", load.failures, load.answers));
}

void busy_round(Side& side, Seconds time) {
  const auto before = side.server->cpu();
  const auto load = side.crowd->closed_loop(kWindow, time);
  const auto cpu = side.server->cpu() - before;
  must_succeed(load);
  side.per_second.push_back(load.per_second());
  side.cpu_us.push_back(cpu.count() * 1e6 / static_cast<double>(load.latencies_us.size()));
  const auto single = side.crowd->closed_loop(1, time);
  must_succeed(single);
  side.single_per_second.push_back(single.per_second());
}

void rate_round(Side& side, double rate, Seconds time) {
  const auto load = side.crowd->open_loop(rate, time);
  must_succeed(load);
  side.p99_us.push_back(load.percentile_us(0.99));
}

HouseOptions options_of(const std::string& build) {
  return {.build = build, .devices = 1, .also = {{"relay", "max_connections = 20000\n"}}};
}

// Connections that are there and say nothing, of a server that has had one client before.
double idle_kib(const std::string& build, int count) {
  House house(options_of(build));
  house.start();
  const auto port = house.port_of("relay");
  RelayCrowd few(port, 2);
  const auto before = house.server().rss_kib();
  std::vector<int> idle;
  for (int i = 0; i < count; ++i) idle.push_back(connect_to(port));
  few.add_deaf("last");  // everybody before it has been accepted
  const auto after = house.server().rss_kib();
  for (const int fd : idle)
    if (fd < 0 || ::close(fd) != 0) throw std::runtime_error("not all idle connections could be made");
  return (after - before) / count;
}

void raise_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void print_rows(const Side& ours, const Side& theirs, double beside_deaf, double idle) {
  const auto peer = [](double value, const char* unit) {
    return fmt::format("node {} {}", figure(value), unit);
  };
  print({fmt::format("relay: packets between {} clients", kClients), median(ours.per_second), "/s",
         Bound::kAtLeast, 150'000, peer(median(theirs.per_second), "/s"),
         fmt::format("{:.1f} x", median(ours.per_second) / median(theirs.per_second))});
  print({"relay: the same, each waiting for its answer", median(ours.single_per_second), "/s", Bound::kNone,
         0, peer(median(theirs.single_per_second), "/s"),
         fmt::format("{:.1f} x", median(ours.single_per_second) / median(theirs.single_per_second))});
  print({"relay: CPU time of a packet", median(ours.cpu_us), "us", Bound::kNone, 0,
         peer(median(theirs.cpu_us), "us"),
         fmt::format("{:.2f} x", median(ours.cpu_us) / median(theirs.cpu_us))});
  print({fmt::format("relay: {} packets/s, latency p99", figure(kRate)),
         median(ours.p99_us),
         "us",
         Bound::kAtMost,
         2000,
         {},
         {}});
  print(
      {"relay: the same beside a client that doesn't read", beside_deaf, "us", Bound::kAtMost, 2000, {}, {}});
  print({"relay: memory (RSS) of an idle connection, of 10,000", idle, "KiB", Bound::kNone, 0, {}, {}});
}

void run(const std::string& build, const Lengths& lengths) {
  raise_limit();
  House house(options_of(build));
  house.start();
  Child peer({"/usr/bin/env", "node", HEARTH_PEER});
  const auto peer_port = static_cast<std::uint16_t>(std::stoi(peer.wait_for("listening on ")));
  RelayCrowd with_them(peer_port, kClients), with_us(house.port_of("relay"), kClients);
  Side theirs{&peer, &with_them, {}, {}, {}, {}}, ours{&house.server(), &with_us, {}, {}, {}, {}};
  // In turn, so that whatever else the machine does meets both.
  for (int i = -1; i < lengths.rounds; ++i) {
    for (auto* side : {&theirs, &ours}) busy_round(*side, lengths.round);
    rate_round(ours, kRate, lengths.round);
    if (i == -1)  // warm now
      for (auto* side : {&ours, &theirs})
        side->per_second = side->cpu_us = side->single_per_second = side->p99_us = {};
  }
  const auto alone = std::exchange(ours.p99_us, {});
  with_us.add_deaf("deaf");
  for (int i = 0; i < lengths.rounds; ++i) rate_round(ours, kRate, lengths.round);
  const auto beside_deaf = median(std::exchange(ours.p99_us, alone));
  print_rows(ours, theirs, beside_deaf, idle_kib(build, lengths.idle));
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) try {
  const bool quick = argc == 3 && std::strcmp(argv[2], "--quick") == 0;
  if (argc != 2 && !quick) {
    fmt::print(stderr, "usage: relay_bench BUILD_DIR [--quick]\n");
    return 2;
  }
  hearth::bench::Lengths lengths;
  if (quick) lengths = {3, hearth::bench::Seconds(0.3), 1000};
  hearth::bench::run(argv[1], lengths);
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "relay_bench: {}\n", e.what());
  return 1;
}
