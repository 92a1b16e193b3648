// Keeper: hands home's changes to the store until they are taken, and brings the outcomes back to home's
// loop.
#ifndef HEARTH_CORE_HOME_KEEPER_HPP
#define HEARTH_CORE_HOME_KEEPER_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "core/log/log.hpp"
#include "core/runtime/event_loop.hpp"
#include "core/store/store.hpp"

namespace hearth::core {

// A store that has too much waiting (a full disk, a burst of ten thousand devices) turns changes away. They
// are offered again every second, each thing in its newest form. [home]
class Keeper {
 public:
  static constexpr std::int64_t kAgainUs = 1'000'000;
  static constexpr std::size_t kMost = 20'000;  // changes that wait here

  // The loop and the store outlive it; the store's thread may answer later still.
  Keeper(EventLoop& loop, store::Store& store, Log& log) : loop_(loop), store_(store), log_(log) {}
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;
  ~Keeper() { loop_.cancel(timer_); }

  // `done` is called once, later, on the loop: ok when it is on disk. An error may pass: the change isn't
  // given up for it, unless it is a PutTogether. Not called any more once the keeper is gone.
  using Done = std::function<void(const Status&)>;
  void write(store::Change change, Done done = {});
  void write_state(store::StateRow row) { store_.write_state(std::move(row)); }

 private:
  using Key = std::pair<int, std::string>;  // kind and thing; sorted such that devices come before the groups
                                            // that name them
  struct Write {
    Key key;
    std::uint64_t sequence;
    store::Change change;
    Done done;
  };

  static Key key_of(const store::Change& change);
  bool may_pass(const Key& key, ErrorCode code) const;
  void answered(Write& write, const Status& status);
  void not_taken(Write& write, const Error& why);
  void offer_again();

  EventLoop& loop_;
  store::Store& store_;
  Log& log_;
  std::uint64_t sequence_ = 0;
  std::map<Key, std::uint64_t> newest_;  // of what the store hasn't answered
  std::map<Key, store::Change> turned_away_;
  hearth_handle timer_ = 0;
  const std::shared_ptr<int> alive_ = std::make_shared<int>();
};

}  // namespace hearth::core

#endif
