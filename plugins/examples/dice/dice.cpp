// One idea: a verb. `hearthctl dice roll [SIDES]` answers a person and a program, and says a line meanwhile.
#include <charconv>
#include <random>
#include <string>

#include "hearth/plugin.hpp"

namespace {

constexpr int kFewest = 2, kMost = 1000;  // sides

class Dice : public hearth::Plugin {
 public:
  using Plugin::Plugin;

  // A verb that tells no progress needs no Meta: there, on_verb("roll", ...) is all.
  void start() override {
    ctx.bus.serve<hearth::VerbCall>(
        [this](const hearth::VerbCall& call, const hearth::Meta& meta, hearth::Reply reply) {
          if (call.verb == "roll") return roll(call, meta.id, std::move(reply));
          reply.fail(hearth::ErrorCode::kInvalid, "no such verb: " + call.verb);
        });
  }

 private:
  void roll(const hearth::VerbCall& call, std::uint64_t cause, hearth::Reply reply) {
    int sides = 6;
    if (call.args.size() > 1)
      return reply.fail(hearth::ErrorCode::kInvalid, "one die at a time: roll [SIDES]");
    if (!call.args.empty() && !read(call.args[0], sides))
      return reply.fail(hearth::ErrorCode::kInvalid,
                        hearth::concat("SIDES is a whole number from ", kFewest, " to ", kMost));
    // Nothing is lost if nobody hears it.
    (void)ctx.bus.publish(hearth::VerbProgress{hearth::concat("rolling a die of ", sides, " sides")}, cause);
    const int rolled = std::uniform_int_distribution(1, sides)(chance_);
    reply.ok(hearth::VerbResult{std::to_string(rolled),
                                hearth::concat(R"({"sides":)", sides, R"(,"rolled":)", rolled, "}")});
  }

  static bool read(const std::string& text, int& sides) {
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, sides);
    return error == std::errc() && stopped == end && sides >= kFewest && sides <= kMost;
  }

  std::mt19937 chance_{std::random_device{}()};
};

}  // namespace

HEARTH_PLUGIN(Dice)
