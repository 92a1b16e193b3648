// Errors as values: ErrorCode, Error, Status and Result<T>, spelled close to std::expected.
#ifndef HEARTH_STATUS_HPP
#define HEARTH_STATUS_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "hearth/abi.h"

namespace hearth {

// The same numbers as hearth_status in abi.h, so that a code crosses the boundary unchanged.
enum class ErrorCode : std::int32_t {
  kInvalid = HEARTH_INVALID,          // an argument, a configuration or a message is wrong
  kStale = HEARTH_STALE,              // the handle, request or plugin has ended
  kBusy = HEARTH_BUSY,                // a bounded queue is full; nothing was taken
  kTimeout = HEARTH_TIMEOUT,          // no answer in time
  kDenied = HEARTH_DENIED,            // no permission
  kUnreachable = HEARTH_UNREACHABLE,  // the device, or the plugin that owns it, is not there
  kCancelled = HEARTH_CANCELLED,      // the plugin is stopping
  kWrongThread = HEARTH_WRONG_THREAD,
  kFailed = HEARTH_FAILED,          // anything else
  kSuperseded = HEARTH_SUPERSEDED,  // a newer command for the same capability took this one's place
};

// The code's name in lower case with underscores ("busy", "superseded").
constexpr std::string_view name(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid: return "invalid";
    case ErrorCode::kStale: return "stale";
    case ErrorCode::kBusy: return "busy";
    case ErrorCode::kTimeout: return "timeout";
    case ErrorCode::kDenied: return "denied";
    case ErrorCode::kUnreachable: return "unreachable";
    case ErrorCode::kCancelled: return "cancelled";
    case ErrorCode::kWrongThread: return "wrong_thread";
    case ErrorCode::kFailed: return "failed";
    case ErrorCode::kSuperseded: return "superseded";
  }
  return "failed";
}

// A code for programs and words for a person.
struct Error {
  ErrorCode code = ErrorCode::kFailed;
  std::string words;
};

// Success, or an Error. `return {};` is success.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Error error) : error_(std::move(error)), ok_(false) {}
  Status(ErrorCode code, std::string words) : error_{code, std::move(words)}, ok_(false) {}

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  // Only when !ok().
  const Error& error() const { return error_; }

 private:
  Error error_;
  bool ok_ = true;
};

// A T, or an Error.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}
  Result(ErrorCode code, std::string words) : Result(Error{code, std::move(words)}) {}

  bool ok() const { return content_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Only when ok().
  T& value() & { return *std::get_if<0>(&content_); }
  const T& value() const& { return *std::get_if<0>(&content_); }
  T&& value() && { return std::move(*std::get_if<0>(&content_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return std::get_if<0>(&content_); }
  const T* operator->() const { return std::get_if<0>(&content_); }

  // Only when !ok().
  const Error& error() const { return *std::get_if<1>(&content_); }
  Status status() const { return ok() ? Status() : Status(error()); }

 private:
  std::variant<T, Error> content_;
};

}  // namespace hearth

#endif
