// Home's part of the conversation with one driver.
#include "test/drivers/common/plugin_run.hpp"

#include <unistd.h>

#include <stdexcept>

#include "hearth/codec.hpp"

namespace hearth::test {
using core::Body;
using core::Message;
using core::MessageKind;
using core::PluginSetup;
using core::PluginStep;
using core::PluginThread;

namespace {

constexpr auto kPatience = std::chrono::seconds(10);
constexpr std::uint32_t kSource = 7;

std::vector<std::uint8_t> map_of(const PluginRun::Fill& fill) {
  flexbuffers::Builder builder;
  builder.Map([&] {
    if (fill) fill(builder);
  });
  builder.Finish();
  return builder.GetBuffer();
}

std::filesystem::path new_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "hearth-driver-XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  return name;
}

}  // namespace

PluginRun::PluginRun(std::string id, const Fill& config, std::vector<std::uint8_t> store)
    : state_dir_(new_folder()) {
  PluginSetup setup;
  setup.id = std::move(id);
  setup.source = kSource;
  setup.state_dir = state_dir_;
  setup.config = map_of(config);
  setup.store = std::move(store);
  const auto log = [this](std::uint32_t, std::string_view device, std::string_view text) {
    const std::lock_guard lock(mutex_);
    log_.append(device).append(device.empty() ? "" : ": ").append(text).append("\n");
  };
  const auto on_step = [this](PluginStep step, const Status& status) {
    const std::lock_guard lock(mutex_);
    if (!status.ok()) refusal_ = status.error().words;
    if (step == PluginStep::kStarted || step == PluginStep::kEnded) started_ = true;
    if (step == PluginStep::kEnded) ended_ = true;
    changed_.notify_all();
  };
  core::Uplink& uplink = *this;
  thread_ = std::make_unique<PluginThread>(
      std::move(setup), uplink, log, [](std::string_view) -> const void* { return nullptr; }, on_step);
  thread_->begin([]() -> Result<const hearth_plugin*> { return hearth_plugin_entry(HEARTH_ABI_MAJOR); });
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [this] { return started_; }))
    throw std::runtime_error("the plugin doesn't start");
}

PluginRun::~PluginRun() {
  stop();
  std::error_code ignored;
  std::filesystem::remove_all(state_dir_, ignored);
}

void PluginRun::stop() {
  if (std::exchange(stopped_, true)) return;
  thread_->stop();
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [this] { return ended_; }))
    std::abort();  // its thread can't be joined
}

template <class T>
std::uint64_t PluginRun::request(const T& message) {
  Builder builder;
  Message envelope;
  envelope.kind = MessageKind::kRequest;
  envelope.id = ++counter_;
  envelope.type = kType<T>;
  envelope.flags = HEARTH_WANTS_ANSWER;
  envelope.body = Body(encode(builder, message));
  thread_->inbox().push(envelope);
  return counter_;
}

std::uint64_t PluginRun::send(const Command& command) { return request(command); }

Answer PluginRun::answer(std::uint64_t request) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [&] { return answers_.contains(request); }))
    throw std::runtime_error("no answer; the log:\n" + log_);
  return answers_[request];
}

Answer PluginRun::command(const std::string& device, const std::string& capability, Value value,
                          std::uint32_t deadline_ms) {
  return answer(request(Command{device, capability, std::move(value), deadline_ms}));
}

Answer PluginRun::want(const std::string& address, const std::string& name) {
  return answer(request(DeviceWanted{"", address, 0, name, ""}));
}

void PluginRun::removed(const std::string& device) {
  Builder builder;
  Message message;
  message.id = ++counter_;
  message.type = kType<DeviceRemoved>;
  {
    const std::lock_guard lock(mutex_);
    message.handle = subscriptions_[message.type];
  }
  message.body = Body(encode(builder, DeviceRemoved{device}));
  thread_->inbox().push(message);
}

template <class T>
bool PluginRun::is(const Message& message, T& into) {
  if (message.type != kType<T>) return false;
  auto decoded = decode<T>(message.body.bytes());
  if (decoded.ok()) into = *std::move(decoded);
  return decoded.ok();
}

// [plugin's thread]
hearth_status PluginRun::send(Message message) {
  const std::lock_guard lock(mutex_);
  if (message.kind == MessageKind::kSubscribe) {
    subscriptions_[message.type] = message.handle;
  } else if (message.kind == MessageKind::kAnswer) {
    Answer answer{message.status, {}, {}};
    if (answer.status != HEARTH_OK) answer.words = message.body.text();
    is(message, answer.taken);
    answers_[message.handle] = std::move(answer);
  } else if (message.kind == MessageKind::kPublish) {
    took(message);
  }
  changed_.notify_all();
  return HEARTH_OK;
}

void PluginRun::took(const Message& message) {
  DeviceDeclared declared;
  DeviceReachable reachable;
  DeviceRemoved removed;
  StateChanged state;
  StorePut put;
  if (is(message, declared)) {
    if (!declared.replaces.empty()) shown_[declared.replaces].gone = true;
    auto& shown = shown_[declared.device];
    shown.declared = declared;
    shown.reachable = declared.reachable;
    shown.reason = declared.reason;
    shown.gone = false;
    ++shown.declarations;
  } else if (is(message, reachable)) {
    shown_[reachable.device].reachable = reachable.reachable;
    shown_[reachable.device].reason = reachable.reason;
  } else if (is(message, removed)) {
    shown_[removed.device].gone = true;
  } else if (is(message, state)) {
    shown_[state.device].states[state.capability] = state.value;
  } else if (is(message, put)) {
    saved_ = put.data;
  }
}

void PluginRun::wait(const std::string& what,
                     const std::function<bool(const std::map<std::string, Shown>&)>& condition) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait_for(lock, kPatience, [&] { return condition(shown_); }))
    throw std::runtime_error("waited in vain: " + what + "; the log:\n" + log_);
}

PluginRun::Shown PluginRun::wait_for(const std::string& device,
                                     const std::function<bool(const Shown&)>& condition) {
  Shown found;
  wait(device, [&](const auto& all) {
    const auto it = all.find(device);
    if (it == all.end() || (condition && !condition(it->second))) return false;
    found = it->second;
    return true;
  });
  return found;
}

std::map<std::string, PluginRun::Shown> PluginRun::shown() {
  const std::lock_guard lock(mutex_);
  return shown_;
}

std::vector<std::uint8_t> PluginRun::saved() {
  const std::lock_guard lock(mutex_);
  return saved_;
}

std::string PluginRun::log() {
  const std::lock_guard lock(mutex_);
  return log_;
}

}  // namespace hearth::test
