// One step leads to the next; only one of them is under way.
#include "lifecycle.hpp"

#include <algorithm>
#include <utility>

namespace hearth::interlock {

void Lifecycle::begin(std::string token) {
  token_ = std::move(token);
  if (!patience_.tests) return authorize();
  board_.say(Code::kRunningTests);
  board_.say(Code::kRunningInetTests);
  test(Test::kInternet, true);
}

void Lifecycle::end() {
  attempt_.reset();
  remote_.reset();
}

// A test that is repeated stays with the code of its failure.
void Lifecycle::test(Test test, bool aloud) {
  if (aloud && failed_ != test)
    board_.say(test == Test::kInternet ? Code::kRunningInetTest : Code::kRunningServerTest);
  attempt_ = world_.test(test, [this, test, aloud](const Status& status) { tested(test, aloud, status); });
}

void Lifecycle::tested(Test test, bool aloud, const Status& status) {
  if (!status.ok()) return test_failed(test, aloud, status);
  failed_.reset();
  if (test == Test::kServer) return tests_passed(aloud);
  if (aloud) board_.say(Code::kInetTestSuccess);
  this->test(Test::kServer, aloud);
}

void Lifecycle::test_failed(Test test, bool aloud, const Status& status) {
  if (aloud && failed_ != test) {
    board_.say(Code::kTestError);
    board_.say(Code::kInetTestError);
  }
  failed_ = test;
  board_.say(test == Test::kInternet ? Code::kNoInternet : Code::kNoServer);
  tell(concat(test == Test::kInternet ? "no internet: " : "the server can't be reached: ",
              status.error().words),
       true);
  try_later([this, test, aloud] { this->test(test, aloud); });
}

void Lifecycle::tests_passed(bool aloud) {
  if (!aloud) return pause(&Lifecycle::connect);
  board_.say(Code::kTestsSuccess);
  authorize();
}

void Lifecycle::authorize() {
  board_.say(Code::kAuthorizing);
  token_.empty() ? link() : authorized();
}

void Lifecycle::link() {
  attempt_ = world_.link([this](const Linked& how) { linked(how); });
}

void Lifecycle::linked(const Linked& how) {
  switch (how.how) {
    case Linked::How::kToken:
      token_ = how.text;
      attempt_ = world_.keep(token_, [this] { authorized(); });
      return;
    case Linked::How::kWaiting:
      board_.say(Code::kNeedsUserAuth);
      tell("waiting for a user who links this machine", false);
      break;
    case Linked::How::kDenied:
      board_.say(Code::kAuthFailed);
      tell("the server refuses this machine: " + how.text, true);
      break;
    case Linked::How::kFailed:
      board_.say(Code::kGetTokenReqFailed);
      tell("asking for a token has failed: " + how.text, true);
      break;
  }
  try_later([this] { link(); });
}

void Lifecycle::authorized() {
  board_.say(Code::kAuthorized);
  connect();
}

void Lifecycle::connect() {
  board_.say(Code::kEstablishingWs);
  remote_ =
      world_.connect(token_, {[this] { connected(); },
                              [this](bool token_refused, std::string_view why) { ended(token_refused, why); },
                              [this](Result<boost::json::value> request, Answer answer) {
                                world_.request(std::move(request), std::move(answer));
                              }});
}

void Lifecycle::connected() {
  connected_at_ = world_.steady();
  board_.say(Code::kOk);
  tell("connected", false);
  world_.connected(remote_.get());
}

void Lifecycle::ended(bool token_refused, std::string_view why) {
  const std::string words(why);
  if (connected_at_) {
    const auto lasted = world_.steady() - *connected_at_;
    if (lasted > paused_) backoff_ = patience_.backoff_min;
    // A server that lets one in first, and refuses the token then, has refused it all the same.
    if (lasted > std::max(paused_, patience_.backoff_min)) refusals_ = 0;
    world_.connected(nullptr);
  }
  connected_at_.reset();
  paused_ = Microseconds(0);
  remote_.reset();
  token_refused ? refused() : lost(words);
}

void Lifecycle::refused() {
  board_.say(Code::kInvalidTokenReauth);
  tell("the server doesn't know the token any more", true);
  token_.clear();
  attempt_ = world_.keep(token_, [this] { ++refusals_ == 1 ? link_again() : pause(&Lifecycle::link_again); });
}

void Lifecycle::lost(std::string_view why) {
  refusals_ = 0;
  board_.say(Code::kWsConnectionFailed);
  tell(concat("no connection to the server: ", why), true);
  patience_.tests ? test(Test::kInternet, false) : pause(&Lifecycle::connect);
}

void Lifecycle::pause(void (Lifecycle::*next)()) {
  const auto half = backoff_ / 2;
  paused_ =
      half + Microseconds(static_cast<std::int64_t>(static_cast<double>(half.count()) * world_.random()));
  backoff_ = std::min(backoff_ * 2, std::max(patience_.backoff_max, patience_.backoff_min));
  attempt_ = world_.after(paused_, [this, next] { (this->*next)(); });
}

void Lifecycle::link_again() {
  board_.say(Code::kReauthenticating);
  link();
}

void Lifecycle::try_later(std::function<void()> what) {
  attempt_ = world_.after(patience_.retry, std::move(what));
}

// What is repeated is told once.
void Lifecycle::tell(std::string words, bool is_trouble) {
  if (words == told_) return;
  told_ = std::move(words);
  world_.tell(told_, is_trouble);
}

}  // namespace hearth::interlock
