// FakeHost: the functions of abi.h that devices need, without a server: what a plugin says, and what it is
// told.
#ifndef HEARTH_TEST_SDK_FAKE_HOST_HPP
#define HEARTH_TEST_SDK_FAKE_HOST_HPP

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hearth/context.hpp"

namespace hearth::test {

class FakeHost {
 public:
  explicit FakeHost(const std::string& plugin) {
    table_.size = sizeof table_;
    table_.self = this;
    table_.log = [](const hearth_host* h, std::uint32_t, hearth_text, hearth_text text) {
      self(h).log.emplace_back(detail::view(text));
    };
    table_.publish = [](const hearth_host* h, hearth_type type, std::uint64_t cause, hearth_bytes body,
                        std::uint64_t*) -> hearth_status {
      if (self(h).full) return HEARTH_BUSY;
      self(h).said_.push_back({type, cause, {body.data, body.data + body.size}});
      return HEARTH_OK;
    };
    table_.subscribe = [](const hearth_host* h, hearth_type type, hearth_message_fn fn, void* arg,
                          hearth_handle* out) -> hearth_status {
      *out = ++self(h).last_handle_;
      self(h).subscriptions_[*out] = {type, fn, arg};
      return HEARTH_OK;
    };
    table_.cancel = [](const hearth_host* h, hearth_handle handle) -> hearth_status {
      self(h).subscriptions_.erase(handle);
      return HEARTH_OK;
    };
    table_.answer = [](const hearth_host* h, std::uint64_t request, hearth_status status, hearth_type,
                       hearth_bytes body) -> hearth_status {
      const auto words = std::string_view(reinterpret_cast<const char*>(body.data), body.size);
      self(h).answers[request] = status == HEARTH_OK ? "ok" : std::string(words);
      return HEARTH_OK;
    };
    table_.now = [](const hearth_host* h, std::uint32_t) -> std::int64_t { return self(h).now_us; };
    hearth_start_info info{};
    info.id = detail::slice(plugin);
    context_ = std::make_unique<Context>(&table_, info);
  }
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;

  Context& context() { return *context_; }

  // What the plugin has published of this type since the last call, with its cause.
  template <class T>
  std::vector<std::pair<T, std::uint64_t>> said() {
    std::vector<std::pair<T, std::uint64_t>> all;
    std::erase_if(said_, [&](const Said& one) {
      if (one.type != kType<T>) return false;
      all.emplace_back(*decode<T>({one.body.data(), one.body.size()}), one.cause);
      return true;
    });
    return all;
  }
  template <class T>
  void tell(const T& message, std::int64_t time_us = 0) {
    auto m = pack(message, 0);
    m.time_us = time_us;
    const auto all = subscriptions_;
    for (const auto& [handle, subscription] : all)
      if (subscription.type == m.type) subscription.fn(subscription.arg, &m);
  }
  // The answer stands in `answers` under the same number: "ok", or the words.
  template <class T>
  void ask(const T& message, std::uint64_t id) {
    const auto m = pack(message, id);
    context_->bus.receive(&m);
  }

  bool full = false;        // nothing can be published
  std::int64_t now_us = 0;  // of every clock
  std::map<std::uint64_t, std::string> answers;
  std::vector<std::string> log;

 private:
  struct Said {
    hearth_type type;
    std::uint64_t cause;
    std::vector<std::uint8_t> body;
  };
  struct Subscription {
    hearth_type type;
    hearth_message_fn fn;
    void* arg;
  };

  static FakeHost& self(const hearth_host* host) { return *static_cast<FakeHost*>(host->self); }
  template <class T>
  hearth_message pack(const T& message, std::uint64_t id) {
    hearth_message m{};
    m.size = sizeof m;
    m.id = id;
    m.type = kType<T>;
    const auto body = encode(builder_, message);
    body_.resize(body.size / sizeof(std::uint64_t) + 1);
    std::memcpy(body_.data(), body.data, body.size);
    m.body = {reinterpret_cast<const std::uint8_t*>(body_.data()), body.size};
    return m;
  }

  hearth_host table_{};
  Builder builder_{1024};
  std::vector<std::uint64_t> body_;  // aligned, as abi.h promises
  std::vector<Said> said_;
  std::map<hearth_handle, Subscription> subscriptions_;
  hearth_handle last_handle_ = 0;
  std::unique_ptr<Context> context_;
};

}  // namespace hearth::test

#endif
