// One life of a process that only opens a library.
#include "core/host/trial.hpp"

#include "hearth/log.hpp"

namespace hearth::core {

Trial::Trial(EventLoop& loop, const std::filesystem::path& host, const std::filesystem::path& library,
             const std::filesystem::path& folder, std::function<void(Status)> done)
    : loop_(loop), done_(std::move(done)) {
  PluginSetup setup;
  setup.id = "trial";
  setup.source = 1;
  setup.state_dir = folder;
  PluginProcess::Program program;
  program.host = host;
  program.library = library;
  program.only_open = true;
  Uplink& uplink = *this;
  process_ = std::make_unique<PluginProcess>(
      loop_, std::move(setup), std::move(program), uplink,
      [](std::uint32_t, std::string_view, std::string_view) {},
      [this](PluginStep at, const Status& status) { step(at, status); });
  loop_.timer(
      kLongestUs, 0,
      [](void* self) {
        auto& me = *static_cast<Trial*>(self);
        me.deadline_ = 0;
        me.process_->kill();
      },
      this, &deadline_);
  process_->begin();
}

Trial::~Trial() { loop_.cancel(deadline_); }

// `done` may drop this object, so it is called from a posted function.
void Trial::step(PluginStep step, const Status& status) {
  if (step == PluginStep::kOpened) outcome_ = status;
  if (step == PluginStep::kDied)
    outcome_ = {ErrorCode::kInvalid,
                concat("opening it, in a process of its own, failed: ", status.error().words)};
  if (step == PluginStep::kEnded)
    loop_.post([this, here = std::weak_ptr(here_)] {
      if (!here.lock()) return;
      const auto done = done_;
      done(outcome_);
    });
}

}  // namespace hearth::core
