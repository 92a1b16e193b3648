// Polls, commands and silence of one device.
#include "appliance.hpp"

#include <algorithm>

namespace tplink {

using hearth::Error;
using hearth::ErrorCode;
using hearth::Microseconds;
using hearth::Result;
using hearth::Status;

Appliance::Appliance(hearth::net::Io& io, Address address, const Timing& timing, Owner& owner)
    : io_(io), address_(std::move(address)), timing_(timing), owner_(owner), backoff_(address_.text()) {}

// ---- Polls --------------------------------------------------------------------------------------------

void Appliance::poll() {
  if (exchange_) return;
  timer_.reset();
  ask(poll_request(metered_), timing_.request, &Appliance::polled);
}

void Appliance::polled(Result<std::string> reply) {
  exchange_.reset();
  if (!take_in(reply).ok()) backoff_.next();
  next_poll(timing_.poll);
}

Result<std::string> Appliance::take_in(const Result<std::string>& reply) {
  auto reading = reply.ok() ? decode_poll(*reply) : Result<Reading>(reply.error());
  const auto wrong = reading.ok() ? owner_.admits(*this, reading->info.id) : reading.status();
  if (!wrong.ok()) {
    lost(wrong.error());
    return wrong.error();
  }
  answering_ = true;
  id_ = reading->info.id;
  backoff_.reset();
  metered_ = reading->info.metered;
  needed_ = owner_.answered(*this, *reading);
  return reading->info.id;
}

void Appliance::lost(const Error& why) {
  answering_ = false;
  owner_.silent(*this, why);
}

// `delay` is for one that answers and is needed; the others have their own.
void Appliance::next_poll(std::chrono::milliseconds delay) {
  if (!answering_) {
    delay = backoff_.current();
  } else if (!needed_) {
    delay = timing_.idle_poll;
  } else if (metered_) {
    delay = std::min(delay, timing_.metered_poll);
  }
  timer_ = io_.loop.after(delay, [this] { poll(); });
}

void Appliance::ask(std::string request, Microseconds time, void (Appliance::*then)(Result<std::string>)) {
  exchange_.emplace(io_, address_, request, time,
                    [this, then](Result<std::string> reply) { (this->*then)(std::move(reply)); });
}

// ---- Commands -----------------------------------------------------------------------------------------

void Appliance::switch_to(const std::string& id, Switch how, bool on, std::chrono::milliseconds time,
                          Done done) {
  if (waiting_) {
    const auto older = std::move(waiting_->done);
    waiting_.reset();
    older({ErrorCode::kSuperseded, "a newer command came"});
  }
  waiting_ = Order{id, how, on, io_.loop.steady() + time, std::move(done)};
  if (!order_) begin_order();
}

void Appliance::begin_order() {
  exchange_.reset();  // a poll: its answer would be older than the command
  timer_.reset();
  order_ = std::exchange(waiting_, std::nullopt);
  if (answering_ && id_ == order_->id) return carry_out();
  ask(poll_request(false), time_left(), &Appliance::verified);
}

void Appliance::verified(Result<std::string> reply) {
  exchange_.reset();
  const auto id = take_in(reply);
  if (!id.ok()) {
    // Whatever is wrong with the answer: for the one who waits the device can't be reached.
    const auto code = id.error().code == ErrorCode::kInvalid ? ErrorCode::kUnreachable : id.error().code;
    return end_order({code, id.error().words});
  }
  if (*id != order_->id) return end_order({ErrorCode::kUnreachable, "another device answers at its address"});
  carry_out();
}

void Appliance::carry_out() {
  if (time_left() == Microseconds(0)) return end_order({ErrorCode::kTimeout, "it answered too late"});
  ask(switch_request(order_->how, order_->on), time_left(), &Appliance::carried_out);
}

Microseconds Appliance::time_left() const {
  return std::clamp<Microseconds>(order_->until - io_.loop.steady(), Microseconds(0), timing_.request);
}

void Appliance::carried_out(Result<std::string> reply) {
  exchange_.reset();
  if (!reply.ok()) {
    lost(reply.error());
    return end_order(reply.error());
  }
  end_order(decode_done(*reply, method_of(order_->how)));
}

void Appliance::end_order(Status status) {
  const auto done = std::move(order_->done);
  order_.reset();
  if (waiting_) {
    begin_order();
  } else {
    next_poll(timing_.look_again);
  }
  done(std::move(status));  // last: it may end this
}

void Appliance::stop(const Error& why) {
  exchange_.reset();
  timer_.reset();
  for (auto* order : {&order_, &waiting_}) {
    if (!*order) continue;
    const auto done = std::move((*order)->done);
    order->reset();
    done(why);
  }
}

}  // namespace tplink
