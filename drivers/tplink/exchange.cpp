// One request and its reply: connect, one write, read until the reply is whole.
#include "exchange.hpp"

#include <algorithm>

namespace tplink {
namespace {

using namespace std::chrono_literals;

constexpr hearth::Microseconds kConnectTime = 2s;
// A second attempt with less time than this is no use.
constexpr hearth::Microseconds kWorthTrying = 50ms;

}  // namespace

Exchange::Exchange(hearth::net::Io& io, const Address& address, std::string_view request,
                   hearth::Microseconds time, Done done)
    : io_(io),
      address_(address),
      frame_(frame(request)),
      until_(io.loop.steady() + time),
      done_(std::move(done)) {
  attempt();
}

Exchange::~Exchange() {
  if (connection_) connection_->close();
}

void Exchange::attempt() {
  reader_ = FrameReader();
  hearth::net::ConnectOptions options;
  options.timeout = std::min(kConnectTime, std::max(left(), kWorthTrying));
  options.limits.write_timeout = options.timeout;
  attempt_ = hearth::net::connect(io_, address_.host, address_.port, options, [this](auto result) {
    if (!result.ok()) return failed(result.error());
    connected(*std::move(result));
  });
}

void Exchange::connected(std::shared_ptr<hearth::net::Connection> connection) {
  connection_ = std::move(connection);
  connection_->on_data([this](std::string_view bytes) { return receive(bytes); });
  connection_->on_end([this] {
    failed({hearth::ErrorCode::kUnreachable, reader_.started()
                                                 ? "it closed the connection in the middle of its reply"
                                                 : "it closed the connection without a reply"});
  });
  connection_->on_closed([this](const hearth::Error& error) { failed(error); });
  connection_->on_deadline([this] {
    failed({hearth::ErrorCode::kTimeout,
            reader_.started() ? "it didn't end its reply in time" : "it didn't reply in time"});
  });
  connection_->set_deadline(std::max(left(), kWorthTrying));
  connection_->write(frame_);
}

std::size_t Exchange::receive(std::string_view bytes) {
  const auto whole = reader_.feed(bytes);
  const auto used = bytes.size();
  if (!whole.ok()) {
    failed(whole.error());
  } else if (*whole) {
    finish(reader_.text());
  }
  return used;
}

void Exchange::failed(hearth::Error error) {
  if (repeated_ || left() < kWorthTrying) return finish(std::move(error));
  repeated_ = true;
  if (connection_) connection_->close();
  connection_.reset();
  attempt();
}

void Exchange::finish(hearth::Result<std::string> result) {
  if (connection_) connection_->close();
  const auto done = std::move(done_);
  done(std::move(result));  // may destroy this
}

}  // namespace tplink
