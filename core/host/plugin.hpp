// LoadedPlugin: one plugin file and what has become of it: judged, running, stopping, refused.
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
#include "core/runtime/plugin_thread.hpp"

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
  static constexpr std::int64_t kStopUs = 1'000'000;

  // `changed()`: state or reason did. `ended(pinned)`: its last call; pinned means that its thread or library
  // can't be taken away.
  PluginRun(PluginWorld& world, JudgedFile file, std::vector<std::uint8_t> config, std::uint32_t source,
            std::function<void()> changed, std::function<void(bool pinned)> ended);
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
  const PluginThread* thread() const { return has_ended_ ? nullptr : thread_.get(); }

 private:
  void make(std::vector<std::uint8_t> config, bool builtin);
  void step(PluginStep step, const Status& status);
  void expect(std::int64_t within_us, std::string what);
  void late();
  void settle();
  void end();
  void set(LifeState state, std::string reason = {});

  PluginWorld& world_;
  JudgedFile file_;
  const hearth_plugin* builtin_ = nullptr;
  const std::uint32_t source_;
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
  std::unique_ptr<PluginThread> thread_;
  std::shared_ptr<PluginRun*> self_;  // emptied at the end, so that a late step finds nobody
};

}  // namespace hearth::core

#endif
