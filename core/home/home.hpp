// Home: the one judge. Takes what plugins send, keeps what is true, tells everybody, and asks whoever can
// answer.
#ifndef HEARTH_CORE_HOME_HOME_HPP
#define HEARTH_CORE_HOME_HOME_HPP

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/bus/bus.hpp"
#include "core/home/commands.hpp"
#include "core/home/devices.hpp"
#include "core/home/endpoint.hpp"
#include "core/home/facts.hpp"
#include "core/home/groups.hpp"
#include "core/home/keeper.hpp"
#include "core/home/programs.hpp"
#include "core/home/router.hpp"
#include "core/home/scheduler.hpp"
#include "core/log/log.hpp"
#include "core/store/store.hpp"

namespace hearth::core {

// Lives on home's loop; everything: [home].
class Home : private LoopSource {
 public:
  Home(EventLoop& loop, store::Store& store, Log& log);
  ~Home() override;

  // Where the house stands, and how late a program may still run after a clock step or a restart. To be said
  // before restore(), and again when it changes.
  void set_place(Place place, std::int64_t grace_us) { scheduler_.set_place(std::move(place), grace_us); }

  // What was known before becomes fact again; devices are unreachable until their plugins are back.
  void restore(const store::Snapshot& snapshot);

  // From now on programs run; what the server slept through is caught up within the grace. Once the plugins
  // are there: before, nobody could do it.
  void begin_programs() { scheduler_.begin(); }
  // And no longer: what falls due while plugins stop is for the next start.
  void end_programs() { scheduler_.end(); }

  // A plugin's line. From attach on home empties its queue; after detach nothing of it is believed and it
  // hears nothing. Detaching what isn't attached does nothing.
  void attach(Endpoint& endpoint);
  // Its start is over: it is handed the devices that were wanted of it.
  void started(Endpoint& endpoint);
  // Takes in what it has sent by now.
  void hear(Endpoint& endpoint) { drain(endpoint); }
  void detach(Endpoint& endpoint, const std::string& reason);

  // The server's own: a fact about itself, and a command from the control socket.
  template <class T>
  void publish_fact(const T& message, std::string_view subject) {
    Message m = own(kType<T>, encode(builder_, message));
    m.fact = facts_.number(m.type, std::string(subject));
    tell(m);
  }
  void command(const Command& command, std::function<void(const CommandDone&)> done);
  // Asks the plugin that answers the type, or brings the verb.
  void ask(hearth_type type, hearth_bytes body, std::int64_t timeout_us, Router::Done done);

  // Each as a client's request; `done` once it is on disk.
  void put_group(const GroupWanted& wanted, std::function<void(Result<GroupDefined>)> done);
  void put_member(const GroupMember& wanted, std::function<void(Result<GroupDefined>)> done);
  void remove_group(std::uint32_t number, std::function<void(Status)> done);
  void put_program(const ProgramWanted& wanted, std::function<void(Result<ProgramDefined>)> done);
  void assign(const ProgramAssignment& wanted, std::function<void(Result<ProgramAssigned>)> done);
  void remove_program(std::uint32_t number, std::function<void(Status)> done);
  void remove_device(DeviceRecord& device, std::function<void(Status)> done);
  void take_over(const HouseImport& house, std::function<void(Result<HouseImported>)> done);

  // Does now what the program does. `done`, if there is one, is told how each command ended; failures are
  // logged.
  void run_program(std::uint32_t number, std::int64_t due_us,
                   std::function<void(std::vector<CommandDone>)> done = {});
  // Asks the driver, or every driver, what it has, within kSeekTimeoutUs.
  void seek(const DevicesSought& sought, std::function<void(DevicesFound)> done);

  // What the plugin last saved with StorePut; empty: nothing.
  std::vector<std::uint8_t> saved(const std::string& plugin) const;

  Devices& devices() { return devices_; }
  const Groups& groups() const { return groups_; }
  const Programs& programs() const { return programs_; }
  Scheduler& scheduler() { return scheduler_; }
  Bus& bus() { return bus_; }

 private:
  using Answer = std::function<void(Message)>;

  bool drain() override;
  bool try_sleep() override;
  bool drain(Endpoint& from);
  void flush();

  void handle(Endpoint& from, Message& message);
  void published(Endpoint& from, Message& message);
  void state_changed(Endpoint& from, Message& message);
  void status_changed(Endpoint& from, Message& message);
  void noted(Endpoint& from, const Message& message);
  void save(Endpoint& from, const Message& message, std::function<void(Status)> done);
  void device_said(Endpoint& from, const Message& message);
  void subscribe(Endpoint& from, const Message& message);
  void requested(Endpoint& from, Message& message);
  void command(Endpoint& from, const Message& message, const Answer& answer);
  void device_wanted(const DeviceWanted& wanted, std::uint64_t request, std::uint32_t asker,
                     const Answer& answer);
  std::string not_found(const DeviceWanted& wanted, bool fresh, const Message& reply);
  void keep_wanted(const DeviceWanted& wanted, const std::string& id, std::uint64_t request,
                   const Answer& answer);
  bool group_requested(const Message& message, const Answer& answer);
  bool program_requested(const Message& message, const Answer& answer);
  bool device_requested(const Message& message, std::uint32_t asker, const Answer& answer);
  void fire(std::uint32_t program, const Occasion& occasion, bool missed);
  void taken(std::uint32_t number, const Message& answer);
  void keep_parts(const HouseImported& numbers);
  Status has_room(const HouseImport& house) const;
  void pass_on(Message message, std::uint32_t asker, const Answer& answer);
  void answered(Endpoint& from, const Message& message);

  Devices::Effects device_effects();
  void keep(DeviceRecord& device, Keeper::Done done = {});
  void keep(const Group& group, Keeper::Done done = {});
  void keep_changed(const Result<const Group*>& group, std::function<void(Result<GroupDefined>)> done);
  void keep(const ProgramRecord& program, Keeper::Done done = {});
  void replace_everywhere(const DeviceRecord& from, const DeviceRecord& into);
  void forget_facts(DeviceRecord& device, const std::string& id);
  void forget_words(Endpoint& gone, const std::string& reason);
  void judge_and_submit(Command command, const Commands::Origin& origin,
                        std::function<void(const CommandDone&)> done);
  Status launch(std::uint32_t device, Command command, const Commands::Origin& origin);
  void offer_wanted(Endpoint& driver, const DeviceRecord& device, std::function<void()> done = {});

  Endpoint* endpoint(std::uint32_t source);
  Endpoint* endpoint(std::string_view id);
  void tell(const Message& fact_or_event);
  void tell_end(Message of_a_fact);
  void tell(DeviceRecord& device);
  void tell(const Group& group);
  void tell(const ProgramRecord& program);
  void tell_states(DeviceRecord& device);
  void refuse(Endpoint& from, std::string_view words);
  Message own(hearth_type type, hearth_bytes body, std::uint64_t cause = 0);
  template <class T>
  Message own_answer(std::uint64_t request, const T& message) {
    Message m = own(kType<T>, encode(builder_, message), request);
    m.kind = MessageKind::kAnswer;
    m.handle = request;
    return m;
  }

  // What a request of type T asks for, handed to `act`; or a refusal.
  template <class T, class Act>
  static bool with(const Message& message, const Answer& answer, Act act) {
    auto wanted = decode<T>(message.body.bytes());
    if (wanted.ok()) {
      act(*wanted);
    } else {
      answer(refusal(message.id, HEARTH_INVALID, wanted.error().words));
    }
    return true;
  }
  // Makes what came of `request` its answer.
  template <class T>
  std::function<void(Result<T>)> result_for(std::uint64_t request, const Answer& answer) {
    return [this, request, answer](const Result<T>& result) {
      answer(result.ok() ? own_answer(request, *result) : refusal_of(request, result.error()));
    };
  }
  static std::function<void(Status)> status_for(std::uint64_t request, const Answer& answer) {
    return [request, answer](const Status& status) {
      answer(status.ok() ? refusal(request, HEARTH_OK, "") : refusal_of(request, status.error()));
    };
  }

  static constexpr std::int64_t kTakeTimeoutUs = 4'000'000;  // a driver's time to find a wanted device
  static constexpr std::int64_t kSeekTimeoutUs = 5'000'000;  // and to tell what it has

  EventLoop& loop_;
  Log& log_;
  Keeper keeper_;
  Builder builder_{1024};
  std::uint64_t counter_ = 0;
  Bus bus_;
  Facts facts_;
  Devices devices_;
  Groups groups_;
  Programs programs_;
  Scheduler scheduler_;
  Commands commands_;
  Router router_;
  std::map<std::string, std::vector<std::uint8_t>> saved_;  // by plugin
  std::vector<Endpoint*> endpoints_;
  std::vector<Message> batch_;
  std::uint64_t cause_ = 0;  // of what is being told: the message in hand
};

}  // namespace hearth::core

#endif
