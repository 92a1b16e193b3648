// Trial: whether a library survives being opened, found out in a process that may die of it.
#ifndef HEARTH_CORE_HOST_TRIAL_HPP
#define HEARTH_CORE_HOST_TRIAL_HPP

#include <filesystem>
#include <functional>
#include <memory>

#include "core/isolation/plugin_process.hpp"

namespace hearth::core {

// For files that are to run inside the server though nobody vouches for them: of damaged ones that pass for
// plugins some crash within dlopen. [home]
class Trial : private Uplink {
 public:
  static constexpr std::int64_t kLongestUs = 2'000'000;

  // Opens `library` with `host`, without any permission; `folder` is a folder that is there. `done` is called
  // once, later; not if the trial is dropped before.
  Trial(EventLoop& loop, const std::filesystem::path& host, const std::filesystem::path& library,
        const std::filesystem::path& folder, std::function<void(Status)> done);
  ~Trial() override;

 private:
  hearth_status send(Message) override { return HEARTH_DENIED; }
  void step(PluginStep step, const Status& status);

  EventLoop& loop_;
  const std::function<void(Status)> done_;
  Status outcome_{ErrorCode::kFailed, "opening it ended the process that tried"};
  hearth_handle deadline_ = 0;
  std::unique_ptr<PluginProcess> process_;
  const std::shared_ptr<bool> here_ = std::make_shared<bool>(true);
};

}  // namespace hearth::core

#endif
