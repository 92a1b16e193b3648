// PluginRun: one run of a judged plugin file, inside the server or in a process of its own, and its
// supervision.
#ifndef HEARTH_CORE_HOST_PLUGIN_HPP
#define HEARTH_CORE_HOST_PLUGIN_HPP

#include <Poco/JSON/Object.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "core/config/configuration.hpp"
#include "core/home/home.hpp"
#include "core/host/elf_notes.hpp"
#include "core/host/library.hpp"
#include "core/host/manifest.hpp"
#include "core/isolation/plugin_process.hpp"
#include "core/runtime/plugin_thread.hpp"
#include "core/sandbox/permissions.hpp"

namespace hearth::core {

enum class LifeState {
  kDiscovered,
  kVerified,
  kLoaded,
  kConfigured,
  kRunning,
  kStopping,
  kUnloaded,
  kQuarantined,
  kRefused,
  kDisabled
};
std::string_view name(LifeState state);

// What every plugin needs of the server. [home]
struct PluginWorld {
  EventLoop& loop;
  Home& home;
  Log& log;
  std::filesystem::path state_dir;
  Extensions extensions;
  std::filesystem::path plugin_host = {};  // the program of isolated plugins
  RequestFiles files = {};                 // from the control server to the plugins
};

// How a plugin is run.
struct RunSettings {
  std::vector<std::uint8_t> config;  // FlexBuffer
  std::uint32_t source = 0;          // a number of this run's own
  config::Isolation isolation = config::Isolation::kNone;
  Permissions permissions = Permissions::everything();
};

// A file judged and ready to be started: nothing of it has run.
struct JudgedFile {
  std::filesystem::path file;  // as found
  std::filesystem::path copy;  // what is mapped
  Manifest manifest;
  ElfNotes notes;
};
// Copies `file` into `copies` and judges the copy: notes, manifest, ABI.
Result<JudgedFile> judge_file(const std::filesystem::path& file, const std::filesystem::path& copies);

// One run of a plugin: its thread, its line to home, its library. Made to be started once. [home]
class PluginRun {
 public:
  static constexpr std::int64_t kStartUs = 2'000'000;  // open and create together, then start
  // The same of the server's own, without which nobody could see why a machine is so busy.
  static constexpr std::int64_t kBuiltinStartUs = 60'000'000;
  static constexpr std::int64_t kStopUs = 1'000'000;
  static constexpr std::int64_t kLookUs = 250'000;             // how often it is looked after
  static constexpr std::int64_t kStallUs = 750'000;            // a callback that takes longer is named
  static constexpr std::int64_t kHangUs = 10'000'000;          // then an isolated plugin is ended
  static constexpr std::uint64_t kMemory = 128 * 1024 * 1024;  // bytes that an isolated plugin may use

  // `changed()`: state or reason did. `ended(pinned)`: its last call; pinned means that its thread or library
  // can't be taken away.
  PluginRun(PluginWorld& world, JudgedFile file, RunSettings settings, std::function<void()> changed,
            std::function<void(bool pinned)> ended);
  // A plugin built into the server, which may listen to every type.
  PluginRun(PluginWorld& world, const std::string& id, const hearth_plugin* table, std::uint32_t source,
            std::function<void()> changed, std::function<void(bool pinned)> ended);
  ~PluginRun();

  void start();
  void stop();

  LifeState state() const { return state_; }
  const std::string& reason() const { return reason_; }
  const JudgedFile& file() const { return file_; }
  const Endpoint& endpoint() const { return *endpoint_; }
  // Null once it has ended.
  const PluginRunner* runner() const { return has_ended_ ? nullptr : runner_.get(); }
  // Its process ended without being asked to, or had to be killed: it may be started again.
  bool died() const { return died_; }
  std::int64_t stalled_since_us() const { return stalled_since_us_; }  // steady; 0: it isn't

 private:
  void make(RunSettings settings);
  void make_process(PluginSetup setup, const RunSettings& settings);
  void make_thread(PluginSetup setup);
  Extensions extensions() const;
  LogSink log_sink() const;
  PluginRunner::OnStep step_sink();
  void step(PluginStep step, const Status& status);
  std::int64_t start_us() const { return builtin_ ? kBuiltinStartUs : kStartUs; }
  void expect(std::int64_t within_us, std::string what);
  void late();
  void settle();
  void end();
  void look_regularly();
  void look();
  void look_at_memory();
  void kill(std::string why);
  void set(LifeState state, std::string reason = {});

  PluginWorld& world_;
  JudgedFile file_;
  const hearth_plugin* builtin_ = nullptr;
  const std::function<void()> changed_;
  const std::function<void(bool)> ended_;
  LifeState state_ = LifeState::kVerified;
  std::string reason_;
  std::string awaited_;
  hearth_handle deadline_ = 0;
  bool attached_ = false;
  bool has_ended_ = false;
  Library library_;
  std::unique_ptr<Endpoint> endpoint_;
  std::unique_ptr<PluginRunner> runner_;
  std::function<void()> begin_;
  PluginStep next_step_ = PluginStep::kOpened;
  hearth_handle looks_ = 0;
  int looks_until_memory_ = 0;
  std::int64_t stalled_since_us_ = 0;
  std::string killed_because_;
  bool died_ = false;
  std::shared_ptr<PluginRun*> self_;  // emptied at the end, so that a late step finds nobody
};

}  // namespace hearth::core

#endif
