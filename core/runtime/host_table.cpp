// The table's functions: local ones on the loop and the workers, travelling ones as messages to the Uplink.
#include "core/runtime/host_table.hpp"

#include "core/runtime/rights.hpp"
#include "hearth/files.h"
#include "hearth/log.hpp"

namespace hearth::core {

namespace {

// The ABI keeps words for each thread until the calling function returns; nothing else could be told apart.
thread_local std::string last_words;

}  // namespace

HostTable::HostTable(EventLoop& loop, Workers& workers, Uplink& uplink, Rights rights, LogSink log,
                     Extensions extensions)
    : loop_(loop),
      workers_(workers),
      uplink_(uplink),
      rights_(std::move(rights)),
      log_(std::move(log)),
      extensions_(std::move(extensions)) {
  fill(table_);
  table_.self = this;
}

void HostTable::fill(hearth_host& t) {
  t.size = sizeof t;
  t.abi_major = HEARTH_ABI_MAJOR;
  t.abi_minor = HEARTH_ABI_MINOR;
  t.log = [](const hearth_host* h, std::uint32_t level, hearth_text device, hearth_text text) {
    self(h).log_(level, detail::view(device), detail::view(text));
  };
  t.explain = [](const hearth_host*, hearth_text words) {
    last_words.assign(detail::view(words).substr(0, 4096));
  };
  t.now = [](const hearth_host*, std::uint32_t clock) {
    return clock == HEARTH_WALL ? wall_now_us() : steady_now_us();
  };
  t.watch = [](const hearth_host* h, std::int32_t fd, std::uint32_t events, hearth_watch_fn fn, void* arg,
               hearth_handle* out) {
    auto& me = self(h);
    if (const auto bad = me.check(); bad != HEARTH_OK) return bad;
    return me.loop_.watch(fd, events, fn, arg, out);
  };
  t.rewatch = [](const hearth_host* h, hearth_handle handle, std::uint32_t events) {
    auto& me = self(h);
    const auto bad = me.check();
    return bad != HEARTH_OK ? bad : me.loop_.rewatch(handle, events);
  };
  t.timer = [](const hearth_host* h, std::int64_t delay_us, std::int64_t period_us, hearth_timer_fn fn,
               void* arg, hearth_handle* out) {
    auto& me = self(h);
    if (const auto bad = me.check(); bad != HEARTH_OK) return bad;
    return me.loop_.timer(delay_us, period_us, fn, arg, out);
  };
  t.cancel = [](const hearth_host* h, hearth_handle handle) { return self(h).cancel(handle); };
  t.post = [](const hearth_host* h, hearth_task_fn fn, void* arg) {
    return self(h).closed_.load(std::memory_order_acquire) ? hearth_status(HEARTH_STALE)
                                                           : self(h).loop_.post(fn, arg);
  };
  t.work = [](const hearth_host* h, std::uint64_t key, hearth_work_fn run, hearth_task_fn done, void* arg) {
    auto& me = self(h);
    const auto bad = me.check();
    return bad != HEARTH_OK ? bad : me.workers_.submit(key, run, done, arg);
  };
  t.publish = [](const hearth_host* h, hearth_type type, std::uint64_t cause, hearth_bytes body,
                 std::uint64_t* id) { return self(h).publish(type, cause, body, id); };
  t.subscribe = [](const hearth_host* h, hearth_type type, hearth_message_fn fn, void* arg,
                   hearth_handle* out) { return self(h).subscribe(type, fn, arg, out); };
  t.request = [](const hearth_host* h, hearth_type type, std::uint64_t cause, hearth_bytes body,
                 std::int64_t timeout_us, hearth_answer_fn fn, void* arg,
                 hearth_handle* out) { return self(h).request(type, cause, body, timeout_us, fn, arg, out); };
  t.answer = [](const hearth_host* h, std::uint64_t request, hearth_status status, hearth_type type,
                hearth_bytes body) { return self(h).answer(request, status, type, body); };
  t.extension = [](const hearth_host* h, hearth_text name) { return self(h).extension(detail::view(name)); };
}

std::string HostTable::take_words() { return std::exchange(last_words, {}); }

hearth_status HostTable::check() const {
  if (closed_.load(std::memory_order_acquire)) return HEARTH_STALE;
  return loop_.is_current() ? HEARTH_OK : HEARTH_WRONG_THREAD;
}

Message HostTable::message(MessageKind kind, hearth_type type, std::uint64_t cause, hearth_bytes body) {
  Message m;
  m.kind = kind;
  m.id = message_id(rights_.source, ++counter_);
  m.cause = cause;
  m.time_us = wall_now_us();
  m.type = type;
  m.source = rights_.source;
  m.body = Body(body);
  return m;
}

// Nothing is lost without being counted.
hearth_status HostTable::sent(Message m) {
  const auto status = uplink_.send(std::move(m));
  if (status == HEARTH_BUSY) loop_.vitals().refused.fetch_add(1, std::memory_order_relaxed);
  return status;
}

hearth_status HostTable::publish(hearth_type type, std::uint64_t cause, hearth_bytes body,
                                 std::uint64_t* id) {
  if (const auto bad = check(); bad != HEARTH_OK) return bad;
  if (type == 0 || body.size > kMaxBody) return HEARTH_INVALID;
  Message m = message(MessageKind::kPublish, type, cause, body);
  if (id) *id = m.id;
  return sent(std::move(m));
}

hearth_status HostTable::subscribe(hearth_type type, hearth_message_fn fn, void* arg, hearth_handle* out) {
  if (const auto bad = check(); bad != HEARTH_OK) return bad;
  if (!rights_.may_listen && !everybody_may_hear(type)) return HEARTH_DENIED;
  *out = loop_.new_handle();
  Message m = message(MessageKind::kSubscribe, type, 0, {});
  m.handle = *out;
  const auto status = sent(std::move(m));
  if (status == HEARTH_OK) subscriptions_[*out] = {fn, arg};
  return status;
}

hearth_status HostTable::request(hearth_type type, std::uint64_t cause, hearth_bytes body,
                                 std::int64_t timeout_us, hearth_answer_fn fn, void* arg,
                                 hearth_handle* out) {
  if (const auto bad = check(); bad != HEARTH_OK) return bad;
  if (type == 0 || timeout_us <= 0 || body.size > kMaxBody) return HEARTH_INVALID;
  if (!rights_.may_command && !everybody_may_ask(type)) return HEARTH_DENIED;
  if (ending_) return HEARTH_CANCELLED;
  if (requests_.size() >= kMaxRequests) return HEARTH_BUSY;
  Message m = message(MessageKind::kRequest, type, cause, body);
  m.flags = HEARTH_WANTS_ANSWER;
  m.handle = static_cast<std::uint64_t>(timeout_us);
  const auto id = m.id;
  const auto status = sent(std::move(m));
  if (status != HEARTH_OK) return status;
  auto& open = requests_[id] = {this, id, fn, arg, 0};
  loop_.timer(
      timeout_us, 0,
      [](void* of) {
        const auto& request = *static_cast<Request*>(of);
        request.host->end_request(request.id, HEARTH_TIMEOUT, nullptr, "no answer in time");
      },
      &open, &open.timer);
  *out = id;
  return HEARTH_OK;
}

hearth_status HostTable::answer(std::uint64_t request, hearth_status status, hearth_type type,
                                hearth_bytes body) {
  if (const auto bad = check(); bad != HEARTH_OK) return bad;
  if (body.size > kMaxBody) return HEARTH_INVALID;
  if (owed_.erase(request) == 0) return HEARTH_STALE;
  if (rights_.files && rights_.files->any()) rights_.files->end(request);
  Message m = message(MessageKind::kAnswer, type, request, body);
  m.handle = request;
  m.status = status;
  return sent(std::move(m));
}

hearth_status HostTable::cancel(hearth_handle handle) {
  if (const auto bad = check(); bad != HEARTH_OK) return bad;
  if (subscriptions_.erase(handle) != 0) {
    Message m = message(MessageKind::kUnsubscribe, 0, 0, {});
    m.handle = handle;
    return sent(std::move(m));
  }
  if (const auto open = requests_.find(handle); open != requests_.end()) {
    loop_.cancel(open->second.timer);
    requests_.erase(open);
    return HEARTH_OK;
  }
  return loop_.cancel(handle) ? HEARTH_OK : HEARTH_STALE;
}

// Its own come first: they are the same in the server and elsewhere.
const void* HostTable::extension(std::string_view name) {
  static constexpr hearth_files kFiles{
      sizeof(hearth_files), 0,
      [](const hearth_host* h, std::uint64_t request, std::uint32_t argument, std::int32_t* fd) {
        return self(h).take_file(request, argument, fd);
      }};
  if (check() != HEARTH_OK) return nullptr;
  if (name == HEARTH_FILES) return rights_.files ? &kFiles : nullptr;
  return extensions_ ? extensions_(name) : nullptr;
}

hearth_status HostTable::take_file(std::uint64_t request, std::uint32_t argument, std::int32_t* fd) {
  if (const auto bad = check(); bad != HEARTH_OK) return bad;
  return rights_.files->take(request, rights_.word, argument, fd);
}

bool HostTable::deliver(const Message& m) {
  if (m.kind == MessageKind::kAnswer) {
    if (!requests_.contains(m.handle)) return false;
    const hearth_message answer = view(m);
    const bool has_message = m.status == HEARTH_OK && m.type != 0;
    end_request(m.handle, m.status, has_message ? &answer : nullptr,
                m.status == HEARTH_OK ? "" : m.body.text());
    return true;
  }
  const auto subscription = subscriptions_.find(m.handle);
  if (subscription == subscriptions_.end()) return false;
  const hearth_message message = view(m);
  const auto [fn, arg] = subscription->second;
  fn(arg, &message);
  return true;
}

void HostTable::end_request(std::uint64_t id, hearth_status status, const hearth_message* answer,
                            std::string_view words) {
  const auto open = requests_.find(id);
  const Request request = open->second;
  loop_.cancel(request.timer);
  requests_.erase(open);
  request.fn(request.arg, status, answer, detail::slice(words));
}

void HostTable::close() {
  ending_ = true;  // whoever asks again when told that the plugin is stopping isn't taken
  while (!requests_.empty())
    end_request(requests_.begin()->first, HEARTH_CANCELLED, nullptr, "the plugin is stopping");
  closed_.store(true, std::memory_order_release);
  loop_.clear();
  subscriptions_.clear();
  owed_.clear();
}

}  // namespace hearth::core
