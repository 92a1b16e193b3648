// PluginProcess: a plugin in a process of its own, as the server sees it.
#ifndef HEARTH_CORE_ISOLATION_PLUGIN_PROCESS_HPP
#define HEARTH_CORE_ISOLATION_PLUGIN_PROCESS_HPP

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/isolation/channel.hpp"
#include "core/isolation/child.hpp"
#include "core/runtime/host_table.hpp"
#include "core/runtime/plugin_runner.hpp"

namespace hearth::core {

// Everything: [home], and steps are told there. Its socket is served by home's loop: one hop less than a
// thread between them would cost.
class PluginProcess : public PluginRunner, private LoopSource {
 public:
  struct Program {
    std::filesystem::path host;            // hearth-plugin-host
    std::filesystem::path library;         // what it loads
    std::vector<std::string> permissions;  // granted
    std::uint64_t memory_bytes = 0;        // limit; 0: none
    bool only_open = false;                // ends after kOpened: to see whether it can be opened at all
  };

  PluginProcess(EventLoop& loop, PluginSetup setup, Program program, Uplink& uplink, LogSink log,
                OnStep on_step);
  ~PluginProcess() override;

  // Starts the process; when there is none to be had, that is told as kDied: there may be later.
  void begin();

  void stop() override;
  bool kill() override;
  void join() override {}
  Queue& inbox() override { return inbox_; }
  const Queue& inbox() const override { return inbox_; }
  pid_t pid() const override { return child_ ? child_->pid() : 0; }
  std::int64_t busy_since_us() const override;
  std::int64_t longest_callback_us() const override;
  std::int64_t cpu_us() const override { return child_ ? child_->cpu_us() : 0; }
  std::uint64_t refused() const override {
    return child_ ? child_->vitals().refused.load(std::memory_order_relaxed) : 0;
  }

 private:
  bool drain() override;
  bool try_sleep() override;
  Status launch();
  Status send_options();
  void add(const Message& message);
  void watch_for_room();
  void readable();
  void line_ended();
  void received(const FrameReader::Item& item);
  void step(const FrameReader::Item& item);
  void process_ended();

  EventLoop& loop_;
  const PluginSetup setup_;
  const Program program_;
  Uplink& uplink_;
  const LogSink log_;
  const OnStep on_step_;
  Queue inbox_;
  std::unique_ptr<Child> child_;
  std::unique_ptr<Channel> channel_;
  hearth_handle socket_watch_ = 0, exit_watch_ = 0, grace_ = 0;
  std::vector<Message> batch_;
  std::size_t next_ = 0;
  std::string fault_;     // why it was killed
  bool may_end_ = false;  // it was told to, or has failed to start
  bool ended_ = false;
  // Since when the process has left something unread; a stopped process says nothing of itself.
  mutable std::int64_t unread_since_us_ = 0;
  mutable std::size_t last_unread_ = 0;
  mutable std::uint64_t last_sent_ = 0;
};

}  // namespace hearth::core

#endif
