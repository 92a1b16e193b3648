// Appliance: whatever answers at one address: asks it, switches it, leaves it alone while it is silent.
#ifndef HEARTH_DRIVERS_TPLINK_APPLIANCE_HPP
#define HEARTH_DRIVERS_TPLINK_APPLIANCE_HPP

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "backoff.hpp"
#include "exchange.hpp"
#include "reply.hpp"

namespace tplink {

struct Timing {
  std::chrono::milliseconds poll{15000}, metered_poll{5000};
  std::chrono::milliseconds request{5000};      // one exchange, both attempts
  std::chrono::milliseconds look_again{500};    // after a command: did it really?
  std::chrono::milliseconds idle_poll{300000};  // of an address whose device is looked after elsewhere
};

// One request at a time. A command goes first: a poll under way is given up for it, so that no older answer
// can come after it. Everything: [loop].
class Appliance {
 public:
  // What it tells. The calls come from the loop, never from inside a call to the appliance.
  class Owner {
   public:
    virtual ~Owner() = default;
    // Does a device that calls itself `id` belong to this address? If not, words for it; then it is left
    // alone.
    virtual hearth::Status admits(const Appliance& appliance, const std::string& id) = 0;
    // It has answered a poll, and belongs here. False: it is looked after elsewhere, ask it rarely.
    virtual bool answered(Appliance& appliance, const Reading& reading) = 0;
    // It doesn't answer, or not as it should.
    virtual void silent(Appliance& appliance, const hearth::Error& why) = 0;
  };

  using Done = std::function<void(hearth::Status)>;

  Appliance(hearth::net::Io& io, Address address, const Timing& timing, Owner& owner);
  Appliance(const Appliance&) = delete;
  Appliance& operator=(const Appliance&) = delete;

  const Address& address() const { return address_; }
  // Was its last word a good one?
  bool answering() const { return answering_; }

  // Asks it now, unless that is being done already; then again and again.
  void poll();

  // Switches device `id` (`how` it is switched is known). If it isn't known to answer it is first asked who
  // it is; another id is never switched. `done` is called once: kUnreachable, kTimeout, kFailed (it refused),
  // kSuperseded (a newer command came before this one began), kInvalid (an answer that makes no sense). After
  // `time` at the latest.
  void switch_to(const std::string& id, Switch how, bool on, std::chrono::milliseconds time, Done done);

  // Gives everything up; commands end with `why`.
  void stop(const hearth::Error& why);

 private:
  struct Order {
    std::string id;
    Switch how;
    bool on;
    hearth::Microseconds until;
    Done done;
  };

  void ask(std::string request, hearth::Microseconds time,
           void (Appliance::*then)(hearth::Result<std::string>));
  void next_poll(std::chrono::milliseconds delay);
  void polled(hearth::Result<std::string> reply);
  // Takes in the reply to a poll: tells the owner. The id that answered, or why it is silent now.
  hearth::Result<std::string> take_in(const hearth::Result<std::string>& reply);
  void lost(const hearth::Error& why);

  void begin_order();
  void verified(hearth::Result<std::string> reply);
  void carry_out();
  void carried_out(hearth::Result<std::string> reply);
  void end_order(hearth::Status status);
  hearth::Microseconds time_left() const;

  hearth::net::Io& io_;
  const Address address_;
  const Timing timing_;
  Owner& owner_;
  Backoff backoff_;
  bool answering_ = false;
  std::string id_;  // of the device that answered last
  bool metered_ = false;
  bool needed_ = true;
  std::optional<Exchange> exchange_;
  hearth::Handle timer_;
  std::optional<Order> order_, waiting_;
};

}  // namespace tplink

#endif
