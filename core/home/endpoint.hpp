// Endpoint: home's end of the line to one plugin: its queue upwards, its inbox downwards, and what it may do.
#ifndef HEARTH_CORE_HOME_ENDPOINT_HPP
#define HEARTH_CORE_HOME_ENDPOINT_HPP

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/bus/bus.hpp"
#include "core/bus/queue.hpp"
#include "core/runtime/event_loop.hpp"
#include "core/runtime/host_table.hpp"

namespace hearth::core {

class Endpoint : public Uplink, public Sink {
 public:
  struct Identity {
    std::string id;                    // "lights"
    std::uint32_t source = 0;          // unique for each run of a plugin, not 0
    std::vector<hearth_type> answers;  // request types that its manifest says it answers
    std::string word;                  // of its verbs; empty: none
    bool privileged = false;           // may listen to every type: the control server
    bool may_listen = true;            // subscribe to what others say
    bool may_command = true;           // send requests
    bool is_driver = false;            // is asked when devices are sought
  };
  static constexpr std::size_t kQueue = 4096;       // messages; then events give way
  static constexpr std::size_t kMost = 4 * kQueue;  // then nothing more is taken but answers
  static constexpr std::size_t kMaxNotes = 32, kMaxStatuses = 64, kMaxSubscriptions = 1024;
  static constexpr std::size_t kMaxOfType = 64;  // subscriptions to one type

  Endpoint(Identity identity, EventLoop& home);

  const std::string& id() const { return identity_.id; }
  std::uint32_t source() const { return identity_.source; }
  const Identity& identity() const { return identity_; }

  // [plugin's loop] Stamps the source and believes nothing else of the envelope; HEARTH_INVALID for an id of
  // another source. States get a number, so that a full queue can coalesce.
  hearth_status send(Message message) override;

  // [home] Where messages to the plugin go; null: nowhere any more.
  void connect(Queue* inbox) { inbox_ = inbox; }
  // Kept until flush() or the next push().
  void deliver(const Message& message, std::uint64_t subscription) noexcept override;
  void flush();
  hearth_status push(Message message);

  // [home] What the plugin has sent.
  Queue& queue() { return queue_; }
  const Queue& queue() const { return queue_; }

  // [home] What the plugin wants shown beside it.
  std::map<std::string, std::string> notes;
  // [home] Of what it has spoken with StatusChanged, and how often it listens.
  std::set<std::string> statuses;
  std::unordered_map<std::uint64_t, hearth_type> subscriptions;

 private:
  const Identity identity_;
  Queue queue_;
  Queue* inbox_ = nullptr;
};

}  // namespace hearth::core

#endif
