// PluginRunner: one plugin at work as its supervisor sees it, wherever it runs.
#ifndef HEARTH_CORE_RUNTIME_PLUGIN_RUNNER_HPP
#define HEARTH_CORE_RUNTIME_PLUGIN_RUNNER_HPP

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/bus/queue.hpp"
#include "core/runtime/request_files.hpp"
#include "hearth/status.hpp"

namespace hearth::core {

// What a plugin is started with.
struct PluginSetup {
  std::string id;
  std::uint32_t source = 0;  // its number in message ids; not 0
  std::filesystem::path state_dir;
  std::vector<std::uint8_t> config;  // FlexBuffer
  std::vector<std::uint8_t> store;
  std::size_t workers = 4;
  std::size_t inbox = 4096;       // messages
  bool may_listen = true;         // subscribe to what others say
  bool may_command = true;        // send requests
  std::string word;               // of its verbs
  RequestFiles* files = nullptr;  // where files that come with its verbs wait for it; null: it takes none
};

// The steps, in order. A failed kOpened or kCreated is followed by kEnded, a failed kStarted by kStopped and
// kEnded. kDied comes instead of what is missing of a process that is gone, with the reason; kEnded follows.
enum class PluginStep { kOpened, kCreated, kStarted, kSettled, kStopped, kEnded, kDied };

// Starting, stopping and deadlines are the owner's: a step that doesn't come is a plugin that hangs. Destroy
// it only after kEnded, or after kill().
class PluginRunner {
 public:
  using OnStep = std::function<void(PluginStep, Status)>;

  virtual ~PluginRunner() = default;

  // [any] Stop, wait for the workers, destroy.
  virtual void stop() = 0;
  // Ends it here and now, whatever it does; false: only its own thread could do that.
  virtual bool kill() = 0;
  // After kEnded: waits for the last of it.
  virtual void join() = 0;

  // [any] Messages to the plugin.
  virtual Queue& inbox() = 0;
  virtual const Queue& inbox() const = 0;

  // For supervision. The process; 0: this one.
  virtual pid_t pid() const = 0;
  virtual std::int64_t busy_since_us() const = 0;
  // True if it is idle and says so when it no longer is, by what it was made with; until then there is
  // nothing to see. False: it has to be looked at all the time.
  virtual bool look_away() { return false; }
  virtual std::int64_t longest_callback_us() const = 0;
  virtual std::int64_t cpu_us() const = 0;
  // Messages that it wanted to send and that were not taken.
  virtual std::uint64_t refused() const = 0;
};

}  // namespace hearth::core

#endif
