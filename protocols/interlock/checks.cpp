// The head of an answer is enough.
#include "checks.hpp"

#include <limits>
#include <utility>

namespace hearth::interlock {

namespace {

constexpr auto kTime = std::chrono::seconds(10);
constexpr int kFirstFailure = 500;

class Checking {
 public:
  Checking(net::Io& io, const ServerAddress& where, std::function<void(const Status&)> done)
      : client_(io, options(where)), done_(std::move(done)) {
    net::HttpCall call;
    call.target = where.url.target;
    call.timeout = kTime;
    call.on_head = [this](const net::HttpAnswer& answer) { answered(answer.status); };
    call.on_piece = [](std::string_view) {};
    client_.send(std::move(call), [this](const Result<net::HttpAnswer>& answer) {
      answer.ok() ? answered(answer->status) : finish(answer.error());
    });
  }

 private:
  // Nothing is kept of the page, so that it may be of any size.
  static net::HttpClientOptions options(const ServerAddress& where) {
    auto options = where.http();
    options.limits.max_body = std::numeric_limits<std::uint64_t>::max();
    return options;
  }

  void answered(int status) {
    if (status < kFirstFailure) return finish({});
    finish({ErrorCode::kFailed, concat("it answered ", status)});
  }

  // This is mostly gone after the call.
  void finish(const Status& status) {
    if (const auto done = std::exchange(done_, nullptr)) done(status);
  }

  net::HttpClient client_;
  std::function<void(const Status&)> done_;
};

}  // namespace

net::Attempt check(net::Io& io, const ServerAddress& where, std::function<void(const Status&)> done) {
  return std::make_shared<Checking>(io, where, std::move(done));
}

}  // namespace hearth::interlock
