// Steps one by one, devices side by side; both with the client's patience as their deadline.
#include "commands.hpp"

#include <algorithm>
#include <memory>

namespace hearth::athome {

namespace {

constexpr std::chrono::milliseconds kLongest{8000};  // of one command
constexpr std::chrono::milliseconds kShortest{50};   // less isn't worth asking for
constexpr std::size_t kOfAll = 512;  // commands to many that are under way, all calls together
constexpr std::size_t kOfEach = 4;   // that each call may have besides

std::string words_for(const CommandDone& done) {
  if (!done.words.empty()) return done.words;
  switch (done.outcome) {
    case Outcome::kTimeout: return "the device did not answer in time";
    case Outcome::kBusy: return "too many commands are waiting";
    case Outcome::kUnreachable: return "the device cannot be reached";
    default: return "the device failed";
  }
}

struct Work {
  std::string device;
  std::vector<Step> steps;  // the next one is the last
  std::string failure;      // of an earlier step
  bool superseded = false;
};

// A light that won't take its colour is still switched; one that isn't there isn't waited for three times.
void next_step(Call& call, const std::shared_ptr<Work>& work) {
  if (!work->steps.empty() && call.time_left() < kShortest) {
    work->failure = "the device is too slow";
    work->steps.clear();
  }
  if (work->steps.empty()) {
    if (!work->failure.empty()) return call.refuse(kServerError, work->failure);
    return call.succeed(work->superseded ? "superseded" : "Success");
  }
  const auto step = std::move(work->steps.back());
  work->steps.pop_back();
  const auto done = [&call, work](const CommandDone& outcome) {
    if (outcome.outcome == Outcome::kSuperseded) {
      work->superseded = true;
    } else if (outcome.outcome != Outcome::kOk) {
      if (work->failure.empty()) work->failure = words_for(outcome);
      if (outcome.outcome != Outcome::kError) work->steps.clear();
    }
    next_step(call, work);
  };
  call.wait_for(call.services().command(work->device, step.capability, step.value, done,
                                        std::min(call.time_left(), kLongest)));
}

// Keeps itself while commands are under way: the call holds it, and ends them with itself.
class Round {
 public:
  Round(Call& call, std::vector<std::string> devices, bool on, std::function<void(std::size_t)> done)
      : call_(call),
        services_(call.services()),
        devices_(std::move(devices)),
        on_(on),
        done_(std::move(done)) {
    waiting_.resize(devices_.size());
  }
  Round(const Round&) = delete;
  Round& operator=(const Round&) = delete;
  ~Round() { services_.switching -= under_way_; }

  void begin() {
    launching_ = true;
    while (next_ < devices_.size() && (under_way_ < kOfEach || services_.switching < kOfAll)) launch(next_++);
    launching_ = false;
    if (under_way_ > 0) return;
    const auto done = std::move(done_);
    done(failed_);
  }

 private:
  void launch(std::size_t place) {
    const auto time = std::min(call_.time_left(), kLongest);
    if (time < kShortest) {
      ++failed_;
      return;
    }
    ++under_way_;
    ++services_.switching;
    auto handle = services_.command(
        devices_[place], "on_off", on_,
        [this](const CommandDone& outcome) {
          --under_way_;
          --services_.switching;
          if (outcome.outcome != Outcome::kOk && outcome.outcome != Outcome::kSuperseded) ++failed_;
          if (!launching_) begin();
        },
        time);
    if (handle) waiting_[place] = std::move(handle);
  }

  Call& call_;
  Services& services_;
  const std::vector<std::string> devices_;
  const bool on_;
  std::function<void(std::size_t)> done_;
  std::vector<Handle> waiting_;
  std::size_t next_ = 0, under_way_ = 0, failed_ = 0;
  bool launching_ = false;
};

}  // namespace

void carry_out(Call& call, std::string device, std::vector<Step> steps) {
  std::reverse(steps.begin(), steps.end());
  const auto work = std::make_shared<Work>();
  work->device = std::move(device);
  work->steps = std::move(steps);
  next_step(call, work);
}

void switch_each(Call& call, std::vector<std::string> devices, bool on,
                 std::function<void(std::size_t)> done) {
  const auto round = std::make_shared<Round>(call, std::move(devices), on, std::move(done));
  call.keep(round);
  round->begin();
}

const Capability* writable(const House::Device& device, std::string_view name) {
  const auto* capability = device.find(name);
  return capability && capability->writable ? capability : nullptr;
}

}  // namespace hearth::athome
