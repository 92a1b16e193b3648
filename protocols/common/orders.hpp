// Orders: what a client wants of a device, from its words to one outcome.
#ifndef HEARTH_PROTOCOLS_ORDERS_HPP
#define HEARTH_PROTOCOLS_ORDERS_HPP

#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "hearth/house.hpp"

namespace hearth::protocols {

struct Wish {
  std::string capability;
  Value value;
};

// "on", "off", "toggle" and "set", with the capabilities that `args` names: {"brightness":40}; `set` needs
// one at least. Capitals of the verb don't count. `besides`: a key of `args` that is no capability. kInvalid,
// in words.
Result<std::vector<Wish>> wishes_of(std::string_view verb, const boost::json::object& args,
                                    const House::Device& device, std::string_view besides = {});

class Orders {
 public:
  // Protocol::command().
  using Command = std::function<Handle(std::string device, std::string capability, Value value,
                                       std::function<void(const CommandDone&)> done)>;

  explicit Orders(Command command) : command_(std::move(command)) {}
  Orders(const Orders&) = delete;
  Orders& operator=(const Orders&) = delete;

  // All of them at once. `done` is called once: when the last has ended, with the words of the first that
  // failed, if one has; a command whose place a newer one has taken hasn't. Perhaps before this returns; not
  // at all once the Orders are gone. [loop]
  void run(const std::string& device, std::vector<Wish> wishes, std::function<void(const Status&)> done);

  // Not ended yet.
  std::size_t open() const { return open_.size(); }

 private:
  struct Order {
    std::vector<Handle> commands;
    std::size_t left;
    Status outcome;
    std::function<void(const Status&)> done;
  };

  void ended(std::uint64_t order, const CommandDone& how);

  const Command command_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, Order> open_;
};

}  // namespace hearth::protocols

#endif
