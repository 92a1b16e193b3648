// Starting, waiting, and the far end of the plugin's line.
#include "test/core/runtime/plugin_harness.hpp"

#include <algorithm>
#include <stdexcept>

namespace hearth::core::test {

namespace {

constexpr std::chrono::seconds kPatience{20};

}  // namespace

PluginHarness::~PluginHarness() {
  if (!thread_) return;
  const auto done = steps();
  if (std::find(done.begin(), done.end(), PluginStep::kEnded) == done.end()) stop();
  for (auto* handle : handles_) handle->reset();  // while its host is there
}

void PluginHarness::begin_with(PluginThread::Open open) {
  PluginSetup setup;
  setup.id = "scripted";
  setup.source = kSource;
  setup.state_dir = "state of scripted";
  setup.store = {1, 2, 3};
  setup.word = kWord;
  if (takes_files) setup.files = &files;
  const auto log = [this](std::uint32_t level, std::string_view, std::string_view text) {
    share([&] { log_ += std::to_string(level) + " " + std::string(text) + "\n"; });
  };
  const auto extensions = [this](std::string_view name) -> const void* {
    return name == kScriptExtension ? &script_ : nullptr;
  };
  Uplink& line = *this;
  thread_ =
      std::make_unique<PluginThread>(setup, line, log, extensions, [this](PluginStep step, Status status) {
        share([&] {
          steps_.push_back(step);
          if (!status.ok()) failure_ = std::move(status);
        });
      });
  const auto create = std::exchange(script_.create, {});
  script_.create = [this, create](Context& context) {
    share([&] { context_ = &context; });
    if (create) create(context);
  };
  thread_->begin(std::move(open));
}

Status PluginHarness::begin(const hearth_plugin* table) {
  begin_with([table]() -> Result<const hearth_plugin*> { return table; });
  Status outcome;
  wait_until("started", [&] {
    outcome = failure_;
    return !failure_.ok() || (!steps_.empty() && steps_.back() == PluginStep::kStarted);
  });
  return outcome;
}

void PluginHarness::stop() {
  thread_->stop();
  wait_for(PluginStep::kEnded);
}

void PluginHarness::wait_until(const char* what, const std::function<bool()>& condition) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, condition))
    throw std::runtime_error(concat("waited in vain for: ", what));
}

void PluginHarness::share(const std::function<void()>& change) {
  const std::lock_guard lock(mutex_);
  change();
  changed_.notify_all();
}

void PluginHarness::wait(const std::function<bool()>& condition) {
  wait_until("what the test shares", condition);
}

void PluginHarness::wait_for(PluginStep step) {
  wait_until("a step", [&] { return std::find(steps_.begin(), steps_.end(), step) != steps_.end(); });
}

std::vector<PluginStep> PluginHarness::steps() {
  const std::lock_guard lock(mutex_);
  return steps_;
}

void PluginHarness::logged(const std::string& text) {
  wait_until(text.c_str(), [&] { return log_.find(text) != std::string::npos; });
}

bool PluginHarness::has_logged(const std::string& text) {
  const std::lock_guard lock(mutex_);
  return log_.find(text) != std::string::npos;
}

Message PluginHarness::sent(const std::function<bool(const Message&)>& wanted) {
  Message found;
  wait_until("a message", [&] {
    while (looked_at_ < sent_.size()) {
      const auto& each = sent_[looked_at_++];
      if (!wanted(each)) continue;
      found = each;
      return true;
    }
    return false;
  });
  return found;
}

std::size_t PluginHarness::count(MessageKind kind) {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::count_if(sent_.begin(), sent_.end(), [kind](const Message& m) { return m.kind == kind; }));
}

void PluginHarness::on_loop(std::function<void(Context&)> task) {
  bool done = false;
  Context* context = nullptr;
  share([&] { context = context_; });
  context->loop.post([&, task = std::move(task)] {
    task(*context);
    share([&] { done = true; });
  });
  wait([&] { return done; });
}

void PluginHarness::refuse_with(hearth_status status) {
  share([&] { refusal_ = status; });
}

hearth_status PluginHarness::send(Message message) {
  const std::lock_guard lock(mutex_);
  if (refusal_ != HEARTH_OK) return refusal_;
  sent_.push_back(std::move(message));
  changed_.notify_all();
  return HEARTH_OK;
}

}  // namespace hearth::core::test
