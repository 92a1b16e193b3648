// Slot: keeps a C++ function alive behind a (function, void*) pair of abi.h, and Handle, which ends it when
// dropped.
#ifndef HEARTH_SLOT_HPP
#define HEARTH_SLOT_HPP

#include <exception>
#include <functional>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

#include "hearth/log.hpp"
#include "hearth/status.hpp"

namespace hearth {

namespace detail {

// Runs `body`; what it throws becomes a log line, because nothing may fly across the boundary.
template <class Body>
bool guarded(const hearth_host* host, std::string_view where, Body&& body) noexcept {
  std::string_view words = "unknown exception";
  try {
    body();
    return true;
  } catch (const std::exception& e) {
    words = e.what();
    try {
      Log(host).error(where, ": ", words);
    } catch (...) {
      host->log(host, HEARTH_ERROR, {}, slice("out of memory"));
    }
  } catch (...) {
    host->log(host, HEARTH_ERROR, {}, slice(words));
  }
  return false;
}

// The function behind a handle. Shared, so that a callback may drop its own handle while it runs. [loop]
template <class... Args>
struct Slot : std::enable_shared_from_this<Slot<Args...>> {
  Slot(const hearth_host* h, std::function<void(Args...)> f) : host(h), function(std::move(f)) {}

  static void call(void* arg, std::string_view where, Args... args) noexcept {
    const auto keep = static_cast<Slot*>(arg)->shared_from_this();
    guarded(keep->host, where, [&] { keep->function(args...); });
  }

  const hearth_host* host;
  std::function<void(Args...)> function;
};

// A failed call's code as an Error, for the few calls whose failure an author can act on.
inline Status to_status(hearth_status status, std::string_view what) {
  if (status == HEARTH_OK) return {};
  return {static_cast<ErrorCode>(status), concat(what, ": ", name(static_cast<ErrorCode>(status)))};
}

}  // namespace detail

// Owns a watch, a timer, a subscription or an open request: dropping it ends that. Move-only. [loop]
class Handle {
 public:
  Handle() = default;
  Handle(const hearth_host* host, hearth_handle id, std::shared_ptr<void> slot)
      : host_(host), id_(id), slot_(std::move(slot)) {}
  Handle(Handle&& other) noexcept { swap(other); }
  Handle& operator=(Handle&& other) noexcept {
    Handle(std::move(other)).swap(*this);
    return *this;
  }
  ~Handle() { reset(); }

  void reset() {
    if (id_ != 0) host_->cancel(host_, id_);
    id_ = 0;
    slot_.reset();
  }
  explicit operator bool() const { return id_ != 0; }
  hearth_handle id() const { return id_; }

 private:
  void swap(Handle& other) noexcept {
    std::swap(host_, other.host_);
    std::swap(id_, other.id_);
    std::swap(slot_, other.slot_);
  }

  const hearth_host* host_ = nullptr;
  hearth_handle id_ = 0;
  std::shared_ptr<void> slot_;
};

}  // namespace hearth

#endif
