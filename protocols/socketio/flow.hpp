// Flow: what users and monitors say to each other: query, con, commands and their answers.
#ifndef HEARTH_MONITOR_FLOW_HPP
#define HEARTH_MONITOR_FLOW_HPP

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "monitor.hpp"

namespace hearth::monitor {

inline constexpr std::size_t kMostIdLength = 256;

// Has it so many characters? 0: any number from 1 to kMostIdLength. `id` is UTF-8.
bool is_monitor_id(std::string_view id, std::size_t length);

struct FlowOptions {
  std::size_t id_length = 32;  // see is_monitor_id()
  std::string house{};         // the monitor_id of this house
  bool pages = false;          // may web pages command the house, and be its devices?
};

// How the flow reaches what isn't a client. All called from the loop.
struct FlowHooks {
  using Answer = std::function<void(Result<boost::json::object> result)>;
  // A user's command to this house; `answer` is called once, at once or later. The result may be empty.
  std::function<void(std::string_view text, Answer answer)> house;
  // A monitor that may be a device of the house is there now, or no longer. They may not call the flow.
  std::function<void(const std::string& id)> came{};
  std::function<void(const std::string& id)> went{};
  // One that has given no sign of life makes room for another connection. The same holds.
  std::function<void(const std::string& id)> evicted{};
  std::function<Microseconds()> now{};  // steady
};

// Knows sockets and nothing of the bus. Answers of the house may come at any time while it lives. [loop]
class Flow {
 public:
  struct Counts {
    std::size_t joined = 0, users = 0, monitors = 0;
    std::uint64_t commands = 0;  // since the start
  };
  static constexpr std::size_t kMostAsked = 64;         // commands of one user that the house is at
  static constexpr std::size_t kMostCommand = 262'144;  // bytes; a longer one is none
  static constexpr std::size_t kMostReason = 4096;      // bytes of a monitor's words that users hear
  static constexpr Microseconds kProof = std::chrono::seconds(2);  // for a monitor whose id comes again

  Flow(FlowOptions options, FlowHooks hooks);
  Flow(const Flow&) = delete;
  Flow& operator=(const Flow&) = delete;
  ~Flow();

  // A new connection, whose events are the flow's from now on.
  void join(socketio::Socket& socket, Rights rights);

  // Forgets everybody: answers of the house and of probes that come later find nothing. The sockets' server
  // may go then. Not from inside a call of the flow.
  void clear();

  // A command of the house to a monitor. `done` is called once, at once if it isn't connected as a device
  // (kUnreachable) or has too many (kBusy).
  void command(const std::string& id, std::string_view text, Done done);

  Counts counts() const;

 private:
  // While one is there, nobody is forgotten: an emit may end the connection that it is for, or that is being
  // looked at.
  class Turn {
   public:
    explicit Turn(Flow& flow) : flow_(flow) { ++flow_.depth_; }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (flow_.depth_ == 1) flow_.sweep();
      --flow_.depth_;
    }

   private:
    Flow& flow_;
  };
  using Handler = void (Flow::*)(Client&, const boost::json::object&);

  static Handler handler(std::string_view event);
  void received(Client& client, socketio::Event& event);

  bool is_trusted(const Client& client) const;
  void query(Client& client, const boost::json::object& data);
  void bind(Client& user, std::string_view id);
  void command_send(Client& client, const boost::json::object& data);
  void to_house(Client& user, std::string_view text);
  void to_monitor(Client& user, std::string_view text);
  void con(Client& client, const boost::json::object& data);
  void contend(Client& newcomer, Monitor& monitor);
  void proven(std::string_view id, std::uint64_t probe, bool alive);
  void become(Client& client, Monitor& monitor);
  void command_done(Client& client, const boost::json::object& data);
  void command_error(Client& client, const boost::json::object& data);
  void tell_users(const Monitor& monitor, std::string_view json);

  std::string_view failed(std::string_view reason);
  std::string_view packet(std::string_view event, std::string_view key, std::string_view text);
  void expel(Client& client, std::string_view last_words);
  void retire(Client& client);
  void sweep();
  void forget(Client& client);
  void disconnected(Monitor& monitor);
  Monitor& monitor(std::string_view id);
  Monitor* find(std::string_view id);
  void release(Monitor* monitor);

  const FlowOptions options_;
  const FlowHooks hooks_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::unordered_map<std::string_view, std::unique_ptr<Monitor>> monitors_;  // by their own id
  std::unordered_map<std::uint64_t, Client*> asked_;                         // what the house is at
  std::vector<Client*> leaving_;  // closed and forgotten when the turn ends
  std::size_t depth_ = 0;         // of turns
  std::uint64_t commands_ = 0, last_ticket_ = 0, last_probe_ = 0;
  std::string scratch_;
};

}  // namespace hearth::monitor

#endif
