// athome_bench BUILD_DIR [--quick]: AtHome of a running hearthd under load, beside a bare accept-answer-close
// loop.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "client.hpp"
#include "house.hpp"
#include "row.hpp"

namespace hearth::bench {

namespace {

constexpr int kClients = 100;
constexpr double kQueriesPerSecond = 5000;
constexpr int kHalfOpen = 1000;      // of the 1,024 connections that AtHome takes unless told otherwise
constexpr double kGoodClient = 500;  // requests per second

struct Lengths {
  int rounds = 15;     // of both servers in turn: short ones, as whatever else runs here comes and goes
  Seconds round{0.5};  // each
  Seconds query{4};    // closed loop, then open loop
  int round_trips = 2000;
};

// Of several rounds, each figure's median: one round disturbed by something else doesn't count.
struct Rounds {
  std::vector<double> per_second, p50_us, p99_us, cpu_us;

  void add(const LoadResult& load, Seconds cpu) {
    if (load.failures > 0)
      throw std::runtime_error(fmt::format("{} of {} requests failed", load.failures, load.answers));
    per_second.push_back(load.per_second());
    p50_us.push_back(load.percentile_us(0.50));
    p99_us.push_back(load.percentile_us(0.99));
    cpu_us.push_back(cpu.count() * 1e6 / static_cast<double>(load.answers));
  }
  static double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? std::nan("") : values[values.size() / 2];
  }
};

void must_succeed(const std::string& answer) {
  if (answer.find("\"result-code\": 0") == std::string::npos) throw std::runtime_error("refused: " + answer);
}

// One closed loop, with the server's CPU time.
void run_round(const Client& client, const Child& server, Seconds time, Rounds& rounds) {
  const auto before = server.cpu();
  const auto load = client.closed_loop(kClients, time);
  rounds.add(load, server.cpu() - before);
}

// Both servers in turn, so that whatever else the machine does meets both.
void compare_with_bare_loop(const House& house, Child& hearthd, const Lengths& lengths) {
  const std::string request = R"({"request": "StatusRequest"})";
  const Client hearth(house.port(), request);
  const auto answer = hearth.ask();
  must_succeed(answer);
  Child bare_loop({HEARTH_BARE_LOOP, answer});
  const Client bare(static_cast<std::uint16_t>(std::stoi(bare_loop.wait_for("listening on "))), request);
  Rounds ours, theirs, discarded;
  run_round(bare, bare_loop, lengths.round / 3, discarded);
  run_round(hearth, hearthd, lengths.round / 3, discarded);
  std::vector<double> ratios;
  for (int i = 0; i < lengths.rounds; ++i) {
    run_round(bare, bare_loop, lengths.round, theirs);
    run_round(hearth, hearthd, lengths.round, ours);
    ratios.push_back(100 * ours.per_second.back() / theirs.per_second.back());
  }
  const auto rate = Rounds::median(ours.per_second), best = Rounds::median(theirs.per_second);
  const auto cpu = Rounds::median(ours.cpu_us), least = Rounds::median(theirs.cpu_us);
  print({"AtHome: StatusRequest, a connection each, 100 clients",
         rate,
         "/s",
         Bound::kNone,
         0,
         "bare loop " + figure(best) + " /s",
         {}});
  print({"AtHome: StatusRequest, rate beside the bare loop's",
         Rounds::median(ratios),
         "%",
         Bound::kAtLeast,
         85,
         {},
         {}});
  print({"AtHome: StatusRequest, CPU time of the server", cpu, "us each", Bound::kNone, 0,
         "bare loop " + figure(least) + " us", figure(cpu / least) + " x"});
  print({"AtHome: StatusRequest, latency p50",
         Rounds::median(ours.p50_us),
         "us",
         Bound::kNone,
         0,
         "bare loop " + figure(Rounds::median(theirs.p50_us)) + " us",
         {}});
  print({"AtHome: StatusRequest, latency p99",
         Rounds::median(ours.p99_us),
         "us",
         Bound::kNone,
         0,
         "bare loop " + figure(Rounds::median(theirs.p99_us)) + " us",
         {}});
}

void query_devices(const House& house, const Child& hearthd, const Lengths& lengths) {
  const Client client(house.port(), R"({"request": "QueryDevices", "args": {}})");
  must_succeed(client.ask());
  Rounds closed;
  run_round(client, hearthd, lengths.query / 5, closed);
  closed = {};
  run_round(client, hearthd, lengths.query, closed);
  print({"AtHome: QueryDevices of 100 devices",
         closed.per_second[0],
         "/s",
         Bound::kAtLeast,
         kQueriesPerSecond,
         {},
         {}});
  print(
      {"AtHome: QueryDevices, CPU time of the server", closed.cpu_us[0], "us each", Bound::kNone, 0, {}, {}});
  const auto open = client.open_loop(kQueriesPerSecond / 2, lengths.query);
  print({"AtHome: QueryDevices at 2,500 /s, latency p50",
         open.percentile_us(0.50),
         "us",
         Bound::kNone,
         0,
         {},
         {}});
  print({"AtHome: QueryDevices at 2,500 /s, latency p99",
         open.percentile_us(0.99),
         "us",
         Bound::kAtMost,
         1000,
         {},
         {}});
  if (open.failures > 0) throw std::runtime_error("QueryDevices failed in the open loop");
}

// A client that behaves, alone and beside many that don't, in turn.
void beside_half_open(const House& house, const Lengths& lengths) {
  const Client client(house.port(), R"({"request": "QueryDevices", "args": {}})");
  std::vector<double> alone_us, beside_us;
  const auto p99 = [&] {
    const auto load = client.open_loop(kGoodClient, lengths.query / 4);
    if (load.failures > 0) throw std::runtime_error("a good client was not answered");
    return load.percentile_us(0.99);
  };
  for (int i = 0; i < lengths.rounds / 3; ++i) {
    alone_us.push_back(p99());
    const HalfOpen others(house.port(), R"({"request": "QueryDevices", "args": )", kHalfOpen);
    must_succeed(client.ask());  // by then they have been accepted
    beside_us.push_back(p99());
    if (others.open() != kHalfOpen) throw std::runtime_error("half-open clients were sent away too early");
  }
  const auto alone = Rounds::median(alone_us), beside = Rounds::median(beside_us);
  print({"AtHome: a good client's p99 beside 1,000 half-open ones",
         beside / alone,
         "x alone",
         Bound::kAtMost,
         2,
         fmt::format("alone {} us, beside them {} us", figure(alone), figure(beside)),
         {}});
}

// From connecting to the end of the answer, which comes after the device has carried the command out.
void command_round_trip(const House& house, const std::string& where, int count) {
  const Client clients[] = {{house.port(), R"({"request": "On", "args": {"device-id": 1}})"},
                            {house.port(), R"({"request": "Off", "args": {"device-id": 1}})"}};
  std::vector<double> took_us;
  for (int i = 0; i < count; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const auto answer = clients[i % 2].ask();
    took_us.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
    must_succeed(answer);
  }
  print({"AtHome: command to a device and back, " + where + ", p50",
         Rounds::median(took_us),
         "us",
         Bound::kAtMost,
         300,
         {},
         {}});
}

void run(const std::string& build, const Lengths& lengths) {
  HouseOptions options{.build = build};
  {
    House house(options);
    house.start();
    command_round_trip(house, "in the process", lengths.round_trips);
    compare_with_bare_loop(house, house.server(), lengths);
    query_devices(house, house.server(), lengths);
    beside_half_open(house, lengths);
  }
  if (!std::filesystem::exists(options.build / "bin/hearth-plugin-host")) return;
  options.isolated = true;
  House house(options);
  house.start();
  command_round_trip(house, "isolated", lengths.round_trips);
}

}  // namespace
}  // namespace hearth::bench

int main(int argc, char** argv) try {
  const bool quick = argc == 3 && std::strcmp(argv[2], "--quick") == 0;
  if (argc != 2 && !quick) {
    fmt::print(stderr, "usage: athome_bench BUILD_DIR [--quick]\n");
    return 2;
  }
  hearth::bench::Lengths lengths;
  if (quick) lengths = {5, hearth::bench::Seconds(0.2), hearth::bench::Seconds(1), 200};
  hearth::bench::run(argv[1], lengths);
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "athome_bench: {}\n", e.what());
  return 1;
}
