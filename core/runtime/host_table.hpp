// HostTable: the functions of abi.h that one plugin is given, on its loop; what travels goes through an
// Uplink.
#ifndef HEARTH_CORE_RUNTIME_HOST_TABLE_HPP
#define HEARTH_CORE_RUNTIME_HOST_TABLE_HPP

#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "core/bus/message.hpp"
#include "core/runtime/event_loop.hpp"
#include "core/runtime/request_files.hpp"
#include "core/runtime/workers.hpp"

namespace hearth::core {

// Where a plugin's messages go: home's queue in the server, a socket elsewhere.
class Uplink {
 public:
  virtual ~Uplink() = default;
  // [loop] Never waits. HEARTH_BUSY: nothing was taken.
  virtual hearth_status send(Message message) = 0;
};

// Lines that a plugin logs. [any]
using LogSink = std::function<void(std::uint32_t level, std::string_view device, std::string_view text)>;
// An extension's table by name, or null. [loop]
using Extensions = std::function<const void*(std::string_view name)>;

// Everything: [loop], but for what abi.h marks otherwise.
class HostTable {
 public:
  static constexpr std::size_t kMaxRequests = 1024;    // open at a time
  static constexpr std::size_t kMaxBody = 192 * 1024;  // bytes; what fits a frame between processes

  // Who the plugin is on the bus. Without a right, HEARTH_DENIED.
  struct Rights {
    std::uint32_t source = 0;
    bool may_listen = true;
    bool may_command = true;
    std::string word;               // of its verbs
    RequestFiles* files = nullptr;  // that came with them; null: hearth.files/1 isn't offered
  };

  HostTable(EventLoop& loop, Workers& workers, Uplink& uplink, Rights rights, LogSink log,
            Extensions extensions);
  HostTable(const HostTable&) = delete;
  HostTable& operator=(const HostTable&) = delete;

  const hearth_host& table() const { return table_; }

  // A message for a subscription, or the answer to a request. False when that has ended: a late one.
  bool deliver(const Message& message);
  // A request to the plugin is about to be handed over: its answer is owed.
  void owe(std::uint64_t request) { owed_.insert(request); }
  std::size_t open_requests() const { return requests_.size(); }

  // stop() is over and the workers are back: open requests end as cancelled, every watch and timer of the
  // loop ends, and every later call yields HEARTH_STALE.
  void close();

  // [any] What was explained last on this thread; cleared by reading.
  static std::string take_words();

 private:
  struct Subscription {
    hearth_message_fn fn;
    void* arg;
  };
  struct Request {
    HostTable* host;
    std::uint64_t id;
    hearth_answer_fn fn;
    void* arg;
    hearth_handle timer;
  };

  static HostTable& self(const hearth_host* host) { return *static_cast<HostTable*>(host->self); }
  // HEARTH_OK when the caller is on the loop and the plugin is alive.
  hearth_status check() const;
  static void fill(hearth_host& table);

  hearth_status sent(Message message);
  hearth_status publish(hearth_type type, std::uint64_t cause, hearth_bytes body, std::uint64_t* id);
  hearth_status subscribe(hearth_type type, hearth_message_fn fn, void* arg, hearth_handle* out);
  hearth_status request(hearth_type type, std::uint64_t cause, hearth_bytes body, std::int64_t timeout_us,
                        hearth_answer_fn fn, void* arg, hearth_handle* out);
  hearth_status answer(std::uint64_t request, hearth_status status, hearth_type type, hearth_bytes body);
  hearth_status cancel(hearth_handle handle);
  const void* extension(std::string_view name);
  hearth_status take_file(std::uint64_t request, std::uint32_t argument, std::int32_t* fd);
  void end_request(std::uint64_t id, hearth_status status, const hearth_message* answer,
                   std::string_view words);
  Message message(MessageKind kind, hearth_type type, std::uint64_t cause, hearth_bytes body);

  EventLoop& loop_;
  Workers& workers_;
  Uplink& uplink_;
  const Rights rights_;
  const LogSink log_;
  const Extensions extensions_;
  hearth_host table_{};
  std::atomic<bool> closed_{false};
  bool ending_ = false;
  std::uint64_t counter_ = 0;
  std::unordered_map<hearth_handle, Subscription> subscriptions_;
  std::unordered_map<std::uint64_t, Request> requests_;  // by message id, which is the handle too
  std::unordered_set<std::uint64_t> owed_;
};

}  // namespace hearth::core

#endif
