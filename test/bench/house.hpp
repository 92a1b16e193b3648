// House: a hearthd with a configuration of its own in a folder of its own, for one benchmark.
#ifndef HEARTH_TEST_BENCH_HOUSE_HPP
#define HEARTH_TEST_BENCH_HOUSE_HPP

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "child.hpp"

namespace hearth::bench {

struct HouseOptions {
  std::filesystem::path build;  // where bin/ and lib/hearth/plugins/ are
  int devices = 100;            // simulated ones: a light, a dimmer, a colour lamp, and so on in turn
  bool every_plugin = false;    // else AtHome and the simulated devices alone
  std::map<std::string, std::string> also = {};  // plugins besides these, with lines of their sections
  bool isolated = false;                         // AtHome and the simulated devices in processes of their own
};

class House {
 public:
  explicit House(const HouseOptions& options);
  House(const House&) = delete;
  House& operator=(const House&) = delete;
  ~House();

  // Starts hearthd and waits for its `ready`. Yields the milliseconds from the call to that line.
  double start();
  void stop() { server_.reset(); }

  Child& server() { return *server_; }
  // Of AtHome, and of any plugin that listens.
  std::uint16_t port() const { return port_; }
  std::uint16_t port_of(const std::string& plugin);
  // What hearthctl prints for `arguments`.
  std::string ctl(const std::vector<std::string>& arguments) const;

 private:
  std::string configuration() const;

  const HouseOptions options_;
  std::filesystem::path folder_;
  std::unique_ptr<Child> server_;
  std::uint16_t port_ = 0;
};

}  // namespace hearth::bench

#endif
