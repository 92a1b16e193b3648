// Two years in five zones, minute by minute, against what the schedule says.
#include "test/core/schedule/walk.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>
#include <vector>

#include "core/schedule/calendar.hpp"
#include "core/schedule/schedule.hpp"

using namespace hearth::core;
using namespace hearth::core::test;

namespace {

const std::int64_t kBeginUs = utc(kFirstYear, 1, 1), kEndUs = utc(kEndYear, 1, 1);

std::vector<Occasion> within(const std::vector<Occasion>& all, std::int64_t begin_us, std::int64_t end_us) {
  const auto before = [](const Occasion& occasion, std::int64_t at_us) { return occasion.at_us < at_us; };
  return {std::lower_bound(all.begin(), all.end(), begin_us, before),
          std::lower_bound(all.begin(), all.end(), end_us, before)};
}

using Given = std::tuple<std::int64_t, std::uint32_t, std::int32_t, bool>;  // when, who, date, missed

std::vector<Given> given(const std::vector<Schedule::Due>& list) {
  std::vector<Given> out;
  out.reserve(list.size());
  for (const auto& due : list) out.emplace_back(due.occasion.at_us, due.number, due.occasion.day, due.missed);
  return out;
}

// What the schedule ought to do, told from the list of all occasions alone.
class Model {
 public:
  void put(const Timing& timing, std::int64_t since_us, std::vector<Occasion> all) {
    programs_[timing.number] = {timing, since_us, std::move(all), {}, {}, true};
  }
  void remove(std::uint32_t number) { programs_.erase(number); }

  std::vector<Given> take_due(std::int64_t now_us, std::int64_t grace_us) {
    std::vector<Given> due;
    std::int64_t after_us = now_us - 7 * kDayUs;
    if (last_us_) after_us = std::min(std::max(after_us, *last_us_), now_us);
    for (auto& [number, program] : programs_) {
      // One that a clock ahead of this one has defined counts from now on.
      const bool ahead = program.since_us > now_us;
      const auto since_us = !ahead ? program.since_us : program.fresh ? now_us : after_us;
      program.fresh = false;
      for (const auto& occasion : within(program.all, std::max(after_us, since_us) + 1, now_us + 1)) {
        if (!program.done.insert(occasion.day).second) continue;
        program.lately.push_back(occasion.day);
        if (program.lately.size() > Schedule::kRemembered) program.lately.pop_front();
        due.emplace_back(occasion.at_us, number, occasion.day, now_us - occasion.at_us > grace_us);
      }
    }
    last_us_ = now_us;
    std::sort(due.begin(), due.end());
    return due;
  }

  std::optional<std::int64_t> next_us() const {
    std::optional<std::int64_t> first;
    for (const auto& [number, program] : programs_) {
      const auto list = upcoming(program, *last_us_, 1);
      if (!list.empty() && (!first || list[0].at_us < *first)) first = list[0].at_us;
    }
    return first;
  }

  std::vector<Occasion> upcoming(std::uint32_t number, std::int64_t now_us, std::size_t count) const {
    return upcoming(programs_.at(number), now_us, count);
  }

  // The server starts anew, with what the store has.
  Schedule restarted(const Place& place) {
    Schedule schedule(place);
    for (auto& [number, program] : programs_) {
      program.fresh = true;
      schedule.put(program.timing, program.since_us);
      for (const auto day : program.lately) schedule.fired_before(number, day);
    }
    last_us_.reset();
    return schedule;
  }

 private:
  struct Program {
    Timing timing;
    std::int64_t since_us = 0;
    std::vector<Occasion> all;
    std::set<std::int32_t> done;
    std::deque<std::int32_t> lately;
    bool fresh = true;  // not yet looked at, by this server
  };

  static std::vector<Occasion> upcoming(const Program& program, std::int64_t now_us, std::size_t count) {
    std::vector<Occasion> list;
    const auto all = std::upper_bound(program.all.begin(), program.all.end(),
                                      Occasion{now_us, std::numeric_limits<std::int32_t>::max()});
    for (auto at = all; at != program.all.end() && list.size() < count; ++at)
      if (program.done.count(at->day) == 0) list.push_back(*at);
    return list;
  }

  std::map<std::uint32_t, Program> programs_;
  std::optional<std::int64_t> last_us_;
};

// A house in which everything happens: programs come, change and go, the clock is set, the server restarts.
class Life {
 public:
  Life(const House& house, std::uint32_t seed)
      : house_(house), place_(house.place()), random_(seed), schedule_(place_) {}

  void live(int steps) {
    while (number_ < 25) put(++number_, now_us_);
    for (int i = 0; i < steps && now_us_ < kEndUs - 60 * kDayUs; ++i) {
      step();
      if (one_in(10)) put(1 + random_() % number_, one_in(4) ? now_us_ + kDayUs : now_us_);
      if (one_in(30)) remove(1 + random_() % number_);
      if (one_in(20)) schedule_ = model_.restarted(place_);
      look();
    }
  }

  int handed_out() const { return handed_out_; }

 private:
  bool one_in(std::uint32_t n) { return random_() % n == 0; }

  void put(std::uint32_t number, std::int64_t since_us) {
    const Timing timing = any_timing(random_, number);
    schedule_.put(timing, since_us);
    model_.put(timing, since_us, walk(house_, timing));
    living_.insert(number);
  }

  void remove(std::uint32_t number) {
    schedule_.remove(number);
    model_.remove(number);
    living_.erase(number);
  }

  // Mostly sleeps until the next occasion or a moment longer; sometimes the clock is set, back by ten days
  // at most from where it ever was.
  void step() {
    latest_us_ = std::max(latest_us_, now_us_);
    const auto next_us = schedule_.next_us();
    const auto moment_us = static_cast<std::int64_t>(random_() % 600'000'000);
    if (one_in(15)) {
      now_us_ =
          std::max(kBeginUs, latest_us_ - static_cast<std::int64_t>(random_()) % (10 * 86'400) * kSecondUs);
    } else if (one_in(15)) {
      now_us_ += static_cast<std::int64_t>(random_()) % (10 * 86'400) * kSecondUs;
    } else if (next_us && *next_us > now_us_ && *next_us < now_us_ + 3 * kDayUs) {
      now_us_ = one_in(2) ? *next_us : *next_us + moment_us;
    } else {
      now_us_ += moment_us;
    }
  }

  void look() {
    const std::int64_t grace_us = one_in(3) ? 2 * kSecondUs : 300 * kSecondUs;
    const auto due = given(schedule_.take_due(now_us_, grace_us));
    REQUIRE(due == model_.take_due(now_us_, grace_us));
    REQUIRE(schedule_.next_us() == model_.next_us());
    handed_out_ += static_cast<int>(due.size());
    if (!living_.empty() && one_in(10)) {
      const std::uint32_t number = *living_.begin();
      REQUIRE(schedule_.upcoming(number, now_us_, 5) == model_.upcoming(number, now_us_, 5));
    }
  }

  const House& house_;
  Place place_;
  std::mt19937 random_;
  Schedule schedule_;
  Model model_;
  std::set<std::uint32_t> living_;
  std::uint32_t number_ = 0;
  std::int64_t now_us_ = kBeginUs + 20 * kDayUs, latest_us_ = 0;
  int handed_out_ = 0;
};

}  // namespace

TEST_CASE("two years of occasions in five zones are those of a walk through the minutes") {
  std::mt19937 random(20'260'101);
  std::size_t compared = 0;
  for (const House& house : houses()) {
    Place place = house.place();
    for (std::uint32_t number = 1; number <= 40; ++number) {
      const Timing timing = any_timing(random, number);
      const auto expected = within(walk(house, timing), kBeginUs, kEndUs);
      std::vector<Occasion> found;
      auto occasion = next_after(timing, place, kBeginUs - 1);
      for (; occasion && occasion->at_us < kEndUs; occasion = next_after(timing, place, *occasion))
        found.push_back(*occasion);
      INFO(house.zone << " days " << int{timing.days} << " trigger " << static_cast<int>(timing.trigger)
                      << " at " << timing.time_s << " offset " << timing.offset_min << " random "
                      << timing.random_min);
      REQUIRE(found == expected);
      compared += found.size();
    }
  }
  CHECK(compared > 60'000);
}

TEST_CASE("taken every minute, a schedule hands out all that the walk finds, on the minute") {
  std::mt19937 random(7);
  for (const House& house : houses()) {
    Place place = house.place();
    Schedule schedule(place);
    std::vector<Given> expected, taken;
    for (std::uint32_t number = 1; number <= 20; ++number) {
      const Timing timing = any_timing(random, number);
      schedule.put(timing, kBeginUs - 1);
      for (const auto& occasion : within(walk(house, timing), kBeginUs, kEndUs))
        expected.emplace_back(occasion.at_us, number, occasion.day, false);
    }
    std::sort(expected.begin(), expected.end());
    for (std::int64_t now_us = kBeginUs; now_us <= kEndUs; now_us += 60 * kSecondUs)
      for (const auto& due : schedule.take_due(std::min(now_us, kEndUs - 1), 60 * kSecondUs))
        taken.emplace_back(due.occasion.at_us, due.number, due.occasion.day, due.missed);
    INFO(house.zone);
    REQUIRE(taken == expected);
  }
}

TEST_CASE("through steps of the clock, restarts and changes nothing fires twice and nothing is lost") {
  std::uint32_t seed = 1;
  for (const House& house : houses())
    for (int i = 0; i < 2; ++i) {
      INFO(house.zone << " seed " << seed);
      Life life(house, seed++);
      life.live(1'000);
      CHECK(life.handed_out() > 500);
    }
}
