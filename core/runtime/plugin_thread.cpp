// The life of a plugin on its thread, and the emptying of its inbox.
#include "core/runtime/plugin_thread.hpp"

#include <pthread.h>

#include <algorithm>
#include <ctime>
#include <system_error>

#include "hearth/log.hpp"

namespace hearth::core {

namespace {

constexpr std::size_t kPortion = 256;  // messages handled before descriptors and timers get their turn

hearth_bytes bytes(const std::vector<std::uint8_t>& v) { return {v.data(), v.size()}; }

}  // namespace

PluginThread::PluginThread(PluginSetup setup, Uplink& uplink, LogSink log, Extensions extensions,
                           OnStep on_step, Vitals* vitals)
    : setup_(std::move(setup)),
      on_step_(std::move(on_step)),
      loop_(vitals),
      inbox_(setup_.inbox, [this] { loop_.wake(); }),
      workers_(loop_, setup_.workers),
      host_(loop_, workers_, uplink,
            {setup_.source, setup_.may_listen, setup_.may_command, setup_.word, setup_.files}, std::move(log),
            std::move(extensions)) {
  loop_.add_source(*this);
}

PluginThread::~PluginThread() { join(); }

void PluginThread::join() {
  if (thread_.joinable()) thread_.join();
}

// Posted before the thread is there, so that a stop can't come first; as a posted function, so that the loop
// knows its thread and supervision sees the first steps too.
void PluginThread::begin(Open open) {
  loop_.post([this, open = std::move(open)] { first_steps(open); });
  try {
    thread_ = std::thread([this] { loop_.run(); });
  } catch (const std::system_error& e) {
    on_step_(PluginStep::kOpened, {ErrorCode::kFailed, concat("no thread for it: ", e.what())});
    return on_step_(PluginStep::kEnded, {});
  }
  pthread_setname_np(thread_.native_handle(), setup_.id.substr(0, 15).c_str());
}

void PluginThread::run(Open open) {
  loop_.post([this, open = std::move(open)] { first_steps(open); });
  loop_.run();
}

void PluginThread::stop() {
  loop_.post([this] { begin_stop(); });
}

void PluginThread::first_steps(const Open& open) {
  auto table = open();
  on_step_(PluginStep::kOpened, table.status());
  if (!table.ok()) return abandon();
  plugin_ = *table;
  auto status = create();
  on_step_(PluginStep::kCreated, status);
  if (!status.ok()) return abandon();
  status = start();
  running_ = status.ok();
  on_step_(PluginStep::kStarted, status);
  if (!status.ok()) begin_stop();
}

Status PluginThread::failure(hearth_status status, std::string_view step) const {
  auto words = HostTable::take_words();
  if (words.empty()) words = concat(step, " failed: ", name(static_cast<ErrorCode>(status)));
  return {ErrorCode::kFailed, std::move(words)};
}

Status PluginThread::create() {
  const std::string state_dir = setup_.state_dir.string();
  const hearth_start_info info{
      sizeof info,        0, detail::slice(setup_.id), detail::slice(state_dir), bytes(setup_.config),
      bytes(setup_.store)};
  HostTable::take_words();
  const auto status = plugin_->create(&host_.table(), &info, &self_);
  created_ = status == HEARTH_OK;
  return status == HEARTH_OK ? Status() : failure(status, "create");
}

Status PluginThread::start() {
  const auto status = plugin_->start(self_);
  return status == HEARTH_OK ? Status() : failure(status, "start");
}

// There is no plugin to stop or destroy; a job that its create has handed out nevertheless is waited for.
void PluginThread::abandon() {
  stopping_ = true;
  workers_.stop([this] { finish(); });
}

void PluginThread::begin_stop() {
  if (std::exchange(stopping_, true)) return;
  running_ = false;
  plugin_->stop(self_);
  on_step_(PluginStep::kStopped, {});
  workers_.stop([this] { finish(); });
}

void PluginThread::finish() {
  host_.close();
  inbox_.close();
  loop_.close_posts();
  if (created_) plugin_->destroy(self_);
  loop_.quit();
  on_step_(PluginStep::kEnded, {});
}

std::int64_t PluginThread::cpu_us() const {
  clockid_t clock = 0;
  timespec time{};
  auto handle = const_cast<std::thread&>(thread_).native_handle();
  if (!thread_.joinable() || pthread_getcpuclockid(handle, &clock) != 0 || clock_gettime(clock, &time) != 0)
    return 0;
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

bool PluginThread::try_sleep() { return next_ == batch_.size() && inbox_.try_sleep(); }

bool PluginThread::drain() {
  if (next_ == batch_.size()) {
    batch_.clear();
    next_ = 0;
    if (!inbox_.take(batch_)) return false;
  }
  const std::size_t end = std::min(batch_.size(), next_ + kPortion);
  while (next_ < end && next_ < batch_.size()) {
    handle(batch_[next_++]);
    loop_.mark();
  }
  return true;
}

void PluginThread::handle(const Message& message) {
  if (message.kind == MessageKind::kSettle) return on_step_(PluginStep::kSettled, {});
  if (message.kind != MessageKind::kRequest) {
    if (message.kind == MessageKind::kAnswer || (running_ && message.type != 0)) host_.deliver(message);
    return;
  }
  host_.owe(message.id);
  if (running_) {
    const hearth_message request = view(message);
    plugin_->receive(self_, &request);
  } else {
    const auto words = detail::slice("the plugin isn't running");
    host_.table().answer(&host_.table(), message.id, HEARTH_UNREACHABLE, 0, words);
  }
}

}  // namespace hearth::core
