// Bus: all that a plugin exchanges with the rest of the house: publish, subscribe, request, answer.
#ifndef HEARTH_BUS_HPP
#define HEARTH_BUS_HPP

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <type_traits>

#include "hearth/codec.hpp"
#include "hearth/slot.hpp"

namespace hearth {

// The envelope of a message.
struct Meta {
  std::uint64_t id = 0;
  std::uint64_t cause = 0;   // the message that led to this one; 0: none
  std::int64_t time_us = 0;  // wall clock, when it was sent
  std::uint32_t source = 0;  // the plugin that sent it; 0: the server
  bool retained = false;     // not news: the standing value, sent because of a new subscription
};

// The one answer that a request waits for. Move-only; dropped without an answer it fails in words. [loop]
class Reply {
 public:
  Reply() = default;
  Reply(const hearth_host* host, Builder* builder, std::uint64_t request)
      : host_(host), builder_(builder), request_(request) {}
  Reply(Reply&& other) noexcept { *this = std::move(other); }
  Reply& operator=(Reply&& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(builder_, other.builder_);
    std::swap(request_, other.request_);
    return *this;
  }
  ~Reply() {
    if (request_ != 0) fail(ErrorCode::kFailed, "the plugin gave no answer");
  }

  // A plain yes.
  void ok() { send(HEARTH_OK, 0, {}); }
  template <class T>
  void ok(const T& message) {
    send(HEARTH_OK, kType<T>, encode(*builder_, message));
  }
  void fail(ErrorCode code, std::string_view words) {
    send(static_cast<hearth_status>(code), 0, detail::slice(words));
  }
  explicit operator bool() const { return request_ != 0; }

 private:
  void send(hearth_status status, hearth_type type, hearth_bytes body) {
    if (request_ != 0) host_->answer(host_, std::exchange(request_, 0), status, type, body);
  }

  const hearth_host* host_ = nullptr;
  Builder* builder_ = nullptr;
  std::uint64_t request_ = 0;
};

// Everything here: [loop].
class Bus {
 public:
  explicit Bus(const hearth_host* host) : host_(host), builder_(std::make_unique<Builder>(1024)) {}

  // To every subscriber, in this plugin's order. Yields the message's id, kBusy when the queue to the server
  // is full.
  template <class T>
  Result<std::uint64_t> publish(const T& message, std::uint64_t cause = 0) {
    std::uint64_t id = 0;
    const auto status = host_->publish(host_, kType<T>, cause, encode(*builder_, message), &id);
    if (status != HEARTH_OK) return detail::to_status(status, "publish").error();
    return id;
  }

  // `receive(message)` or `receive(message, meta)` for each message of type T; standing facts come at once,
  // marked retained.
  template <class T, class Function>
  [[nodiscard]] Handle subscribe(Function receive) {
    using Slot = detail::Slot<const hearth_message*>;
    auto slot =
        std::make_shared<Slot>(host_, [receive = std::move(receive)](const hearth_message* m) mutable {
          const auto message = decode<T>(m->body);
          if (!message.ok()) throw std::runtime_error(message.error().words);
          if constexpr (std::is_invocable_v<Function&, const T&, const Meta&>) {
            receive(*message, Bus::meta(*m));
          } else {
            receive(*message);
          }
        });
    hearth_handle id = 0;
    const auto status = host_->subscribe(
        host_, kType<T>, [](void* arg, const hearth_message* m) { Slot::call(arg, "subscription", m); },
        slot.get(), &id);
    if (status == HEARTH_DENIED)
      throw std::runtime_error(
          concat("without the permission bus:listen it can't subscribe to ", MessageTraits<T>::kName));
    if (status != HEARTH_OK)
      throw std::runtime_error(concat("cannot subscribe to ", MessageTraits<T>::kName));
    return Handle(host_, id, std::move(slot));
  }

  // Asks whoever answers messages of this type. `done` gets the answer, a refusal or kTimeout, exactly once;
  // not if the handle is dropped before.
  template <class Answer, class T>
  [[nodiscard]] Handle request(const T& message, std::chrono::milliseconds timeout,
                               std::function<void(Result<Answer>)> done, std::uint64_t cause = 0) {
    return raw_request(
        kType<T>, encode(*builder_, message), timeout, cause,
        [done = std::move(done)](hearth_status status, const hearth_message* answer, hearth_text words) {
          if (status != HEARTH_OK)
            return done(Error{static_cast<ErrorCode>(status), std::string(detail::view(words))});
          if (!answer || answer->type != kType<Answer>)
            return done(Error{ErrorCode::kInvalid, "an answer of another type"});
          done(decode<Answer>(answer->body));
        });
  }

  // The same for requests that are answered with a plain yes.
  template <class T>
  [[nodiscard]] Handle request(const T& message, std::chrono::milliseconds timeout,
                               std::function<void(Status)> done, std::uint64_t cause = 0) {
    return raw_request(
        kType<T>, encode(*builder_, message), timeout, cause,
        [done = std::move(done)](hearth_status status, const hearth_message*, hearth_text words) {
          if (status == HEARTH_OK) return done({});
          done({static_cast<ErrorCode>(status), std::string(detail::view(words))});
        });
  }

  // `serve(message, meta, reply)` answers requests of type T that come to this plugin. One function for each
  // type.
  template <class T>
  void serve(std::function<void(const T&, const Meta&, Reply)> serve) {
    servers_[kType<T>] = [this, serve = std::move(serve)](const hearth_message* m) {
      Reply reply(host_, builder_.get(), m->id);
      auto message = decode<T>(m->body);
      if (!message.ok()) return reply.fail(ErrorCode::kInvalid, message.error().words);
      serve(*message, Bus::meta(*m), std::move(reply));
    };
  }

  // The host's call for a request to this plugin; not for authors.
  void receive(const hearth_message* m) {
    const auto server = servers_.find(m->type);
    if (server == servers_.end()) {
      Reply(host_, builder_.get(), m->id).fail(ErrorCode::kInvalid, "this plugin doesn't answer that type");
    } else {
      server->second(m);
    }
  }

 private:
  using AnswerSlot = detail::Slot<hearth_status, const hearth_message*, hearth_text>;

  static Meta meta(const hearth_message& m) {
    return {m.id, m.cause, m.time_us, m.source, (m.flags & HEARTH_RETAINED) != 0};
  }

  Handle raw_request(hearth_type type, hearth_bytes body, std::chrono::milliseconds timeout,
                     std::uint64_t cause,
                     std::function<void(hearth_status, const hearth_message*, hearth_text)> done) {
    auto slot = std::make_shared<AnswerSlot>(host_, std::move(done));
    hearth_handle id = 0;
    const auto status = host_->request(
        host_, type, cause, body, std::chrono::microseconds(timeout).count(),
        [](void* arg, hearth_status s, const hearth_message* answer, hearth_text words) {
          AnswerSlot::call(arg, "answer", s, answer, words);
        },
        slot.get(), &id);
    if (status == HEARTH_OK) return Handle(host_, id, std::move(slot));
    const auto words = status == HEARTH_DENIED
                           ? std::string("without the permission bus:command it can't ask")
                           : detail::to_status(status, "request").error().words;
    slot->function(status, nullptr, detail::slice(words));
    return {};
  }

  const hearth_host* host_;
  std::unique_ptr<Builder> builder_;
  std::map<hearth_type, std::function<void(const hearth_message*)>> servers_;
};

}  // namespace hearth

#endif
