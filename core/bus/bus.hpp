// Bus: home's table of who listens to which type of message.
#ifndef HEARTH_CORE_BUS_BUS_HPP
#define HEARTH_CORE_BUS_BUS_HPP

#include <cstdint>
#include <memory>
#include <vector>

#include "core/bus/message.hpp"

namespace hearth::core {

// Takes what a subscriber gets. Must not throw.
class Sink {
 public:
  virtual ~Sink() = default;
  // `subscription` is the number that the subscriber gave.
  virtual void deliver(const Message& message, std::uint64_t subscription) noexcept = 0;
};

// Everything on home's thread. A sink may subscribe and unsubscribe while it is delivered to.
class Bus {
 public:
  static constexpr hearth_type kEveryType = 0;

  Bus();

  void subscribe(hearth_type type, Sink& sink, std::uint64_t subscription);
  // Nothing is delivered to it from then on; false if there was no such subscription to that type.
  bool unsubscribe(hearth_type type, const Sink& sink, std::uint64_t subscription);
  void remove(const Sink& sink);

  // To every subscriber of the message's type, in the order of subscribing, then to those of every type.
  void publish(const Message& message);

  std::size_t subscribers(hearth_type type) const;

 private:
  struct Subscriber {
    Sink* sink;  // null: ended, swept when nothing is being delivered
    std::uint64_t subscription;
  };
  struct Topic {
    hearth_type type;
    std::vector<Subscriber> subscribers;
  };

  // Open addressing on the type, which is a hash already: the topic's place, or the free one where it would
  // stand.
  std::size_t place(hearth_type type) const;
  Topic& topic(hearth_type type);
  void deliver(const std::vector<Subscriber>& subscribers, const Message& message);
  template <class Match>
  std::size_t end_if(std::vector<Subscriber>& list, Match match);
  template <class Match>
  std::size_t end_if(Match match);
  void grow();
  void sweep();

  std::vector<std::unique_ptr<Topic>>
      topics_;  // a power of two; a topic stays where it is in memory while the table grows
  std::size_t used_ = 0;
  std::vector<Subscriber> to_everything_;
  bool delivering_ = false;
  bool ended_ = false;  // somebody, while a message was being delivered
};

}  // namespace hearth::core

#endif
