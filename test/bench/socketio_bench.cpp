// socketio_bench BUILD_DIR [--quick]: the monitor flow, connecting and idle connections, beside npm's
// socket.io.
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <stdexcept>

#include "house.hpp"
#include "row.hpp"
#include "socket_clients.hpp"

namespace hearth::bench {

namespace {

constexpr int kPairs = 50;
constexpr double kRate = 10'000;  // commands per second

struct Lengths {
  int rounds = 7;  // of both servers in turn
  Seconds round{0.5};
  int connections = 2000;                  // a round of connecting
  std::vector<int> idle = {1000, 10'000};  // as many as stay open
};

// One of the two servers.
struct Side {
  Child* server;
  std::uint16_t port;
  std::vector<double> per_second, cpu_us, p99_us, connect_us;
  std::vector<double> idle_kib;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values.empty() ? std::nan("") : values[values.size() / 2];
}

void must_succeed(const LoadResult& load) {
  if (load.failures != 0 || load.answers == 0)
    throw std::runtime_error(fmt::format("{} of {} commands failed", load.failures, load.answers));
}

void command_round(Side& side, CommandFlow& flow, Seconds time) {
  const auto before = side.server->cpu();
  const auto closed = flow.closed_loop(time);
  const auto cpu = side.server->cpu() - before;
  must_succeed(closed);
  // Those that ended after the time was up cost as much, and are among the latencies.
  const auto messages = static_cast<double>(closed.latencies_us.size()) * CommandFlow::kMessages;
  side.per_second.push_back(closed.per_second());
  side.cpu_us.push_back(cpu.count() * 1e6 / messages);
}

void rate_round(Side& side, CommandFlow& flow, Seconds time) {
  const auto open = flow.open_loop(kRate, time);
  must_succeed(open);
  side.p99_us.push_back(open.percentile_us(0.99));
}

void connect_round(Side& side, int count) {
  const auto before = side.server->cpu();
  for (int i = 0; i < count; ++i) SocketClient(side.port).close();
  side.connect_us.push_back((side.server->cpu() - before).count() * 1e6 / count);
}

// Of a server that has had no other connection, but for one that stays: the first pays for the server's code.
double idle_kib(const Child& server, std::uint16_t port, int count) {
  const SocketClient first(port);
  const auto before = server.rss_kib();
  std::vector<std::unique_ptr<SocketClient>> clients(static_cast<std::size_t>(count));
  for (auto& client : clients) client = std::make_unique<SocketClient>(port);
  return (server.rss_kib() - before) / count;
}

HouseOptions options_of(const std::string& build) {
  return {.build = build, .devices = 1, .also = {{"socketio", "max_connections = 20000\n"}}};
}

// npm's server, and the port that it listens on.
struct Peer {
  Child child{{"/usr/bin/env", "node", HEARTH_PEER}};
  const std::uint16_t port = static_cast<std::uint16_t>(std::stoi(child.wait_for("listening on ")));
};

void idle_rounds(const std::string& build, int count, Side& ours, Side& theirs) {
  {
    Peer peer;
    theirs.idle_kib.push_back(idle_kib(peer.child, peer.port, count));
  }
  House house(options_of(build));
  house.start();
  ours.idle_kib.push_back(idle_kib(house.server(), house.port_of("socketio"), count));
}

void print_rows(const Side& ours, const Side& theirs, const Lengths& lengths) {
  const auto compare = [](const std::string& what, double mine, const std::string& unit, Bound bound,
                          double target, double peer) {
    print({"Socket.IO: " + what, mine, unit, bound, target, "socket.io " + figure(peer) + " " + unit, {}});
  };
  const auto quarter = [](const std::string& what, const std::vector<double>& mine,
                          const std::vector<double>& peer) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < mine.size(); ++i) ratios.push_back(mine[i] / peer[i]);
    print({"Socket.IO: " + what,
           median(ratios),
           "x socket.io's",
           Bound::kAtMost,
           0.25,
           fmt::format("{} us, socket.io {} us", figure(median(mine)), figure(median(peer))),
           {}});
  };
  compare("commands, 50 users and 50 monitors", median(ours.per_second), "/s", Bound::kNone, 0,
          median(theirs.per_second));
  quarter("CPU time of a message of the command flow", ours.cpu_us, theirs.cpu_us);
  compare("10,000 commands/s, latency p99", median(ours.p99_us), "us", Bound::kAtMost, median(theirs.p99_us),
          median(theirs.p99_us));
  quarter("CPU time of connecting and joining", ours.connect_us, theirs.connect_us);
  for (std::size_t i = 0; i < lengths.idle.size(); ++i)
    compare(fmt::format("memory (RSS) of an idle connection, of {}", lengths.idle[i]), ours.idle_kib[i],
            "KiB", Bound::kAtMost, 6, theirs.idle_kib[i]);
}

void raise_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void run(const std::string& build, const Lengths& lengths) {
  raise_limit();
  House house(options_of(build));
  house.start();
  Peer peer;
  Side ours{&house.server(), house.port_of("socketio"), {}, {}, {}, {}, {}};
  Side theirs{&peer.child, peer.port, {}, {}, {}, {}, {}};
  // In turn, so that whatever else the machine does meets both.
  const auto both = [&](const std::function<void(Side&)>& round) {
    round(theirs);
    round(ours);
  };
  {
    CommandFlow with_them(theirs.port, kPairs), with_us(ours.port, kPairs);
    const auto flow = [&](Side& side) -> CommandFlow& { return &side == &ours ? with_us : with_them; };
    for (int i = -1; i < lengths.rounds; ++i) {
      both([&](Side& side) { command_round(side, flow(side), lengths.round); });
      both([&](Side& side) { rate_round(side, flow(side), lengths.round); });
      if (i == -1)  // warm now
        for (auto* side : {&ours, &theirs}) side->per_second = side->cpu_us = side->p99_us = {};
    }
  }
  for (int i = 0; i < 3; ++i) both([&](Side& side) { connect_round(side, lengths.connections); });
  for (const int count : lengths.idle) idle_rounds(build, count, ours, theirs);
  print_rows(ours, theirs, lengths);
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) try {
  const bool quick = argc == 3 && std::strcmp(argv[2], "--quick") == 0;
  if (argc != 2 && !quick) {
    fmt::print(stderr, "usage: socketio_bench BUILD_DIR [--quick]\n");
    return 2;
  }
  hearth::bench::Lengths lengths;
  if (quick) lengths = {3, hearth::bench::Seconds(0.3), 300, {200, 1000}};
  hearth::bench::run(argv[1], lengths);
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "socketio_bench: {}\n", e.what());
  return 1;
}
