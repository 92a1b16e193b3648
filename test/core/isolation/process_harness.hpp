// ProcessHarness: a plugin in a process of its own, and what it sends to a home that isn't there.
#ifndef HEARTH_TEST_CORE_ISOLATION_PROCESS_HARNESS_HPP
#define HEARTH_TEST_CORE_ISOLATION_PROCESS_HARNESS_HPP

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/isolation/plugin_process.hpp"
#include "hearth/codec.hpp"
#include "hearth/messages.hpp"

namespace hearth::core::test {

// Every wait ends after 20 s with an exception. The loop runs on the test's thread while it waits.
class ProcessHarness : public Uplink {
 public:
  static constexpr std::uint32_t kSource = 5;

  explicit ProcessHarness(std::string library, std::string host);
  ~ProcessHarness() override;

  PluginProcess::Program program;
  PluginSetup setup;

  void begin();  // until it has started, or has ended
  void wait(const std::function<bool()>& condition);
  // Asks, and waits for the answer; its words if it is refused.
  std::string ask(const std::string& verb, const std::string& arg = {});
  // Only asks. The request's id.
  std::uint64_t call(const std::string& verb, const std::string& arg = {});
  // With files for its first arguments, as long as the request is given.
  std::uint64_t call_with(const std::string& verb, std::vector<std::string> args, RequestFiles::List came,
                          std::int64_t timeout_us = 600'000'000);
  // What it answers.
  std::string answer(std::uint64_t request);
  bool has(PluginStep step) const;
  // Why it died or failed.
  std::string reason() const;

  hearth_status send(Message message) override;

  RequestFiles files;
  EventLoop loop;
  std::unique_ptr<PluginProcess> process;
  std::vector<std::pair<PluginStep, Status>> steps;
  std::vector<Message> sent;
  std::uint64_t events = 0;  // counted, not kept
  std::string log;
  hearth_status taken = HEARTH_OK;  // what send says

 private:
  std::uint64_t last_id_ = 0;
};

}  // namespace hearth::core::test

#endif
