// One idea: verbs. `hearthctl dice roll [SIDES]` and `hearthctl dice roll-from FILE` answer a person and a
// program, and say a line meanwhile.
#include <charconv>
#include <random>
#include <string>
#include <string_view>

#include "hearth/plugin.hpp"

namespace {

using hearth::ErrorCode;
using hearth::Verb;

constexpr int kFewest = 2, kMost = 1000;  // sides
constexpr std::size_t kLongest = 64;      // bytes of a file that holds a number

class Dice : public hearth::Plugin {
 public:
  using Plugin::Plugin;

  void start() override {
    on_verb("roll", [this](Verb verb) {
      if (verb.args().size() > 1) return verb.fail(ErrorCode::kInvalid, "one die at a time: roll [SIDES]");
      roll(verb, verb.args().empty() ? "6" : verb.args()[0]);
    });
    // plugin.json says that its first argument is a file: it comes open, whatever this plugin may read
    // itself.
    on_verb("roll-from", [this](Verb verb) {
      const auto file = verb.file(0);
      if (!file.ok()) return verb.fail(file.error());
      const auto text = file->read_all(kLongest);
      if (!text.ok()) return verb.fail(text.error());
      roll(verb, text->substr(0, text->find('\n')));
    });
  }

 private:
  void roll(Verb& verb, std::string_view text) {
    int sides = 0;
    if (!read(text, sides))
      return verb.fail(ErrorCode::kInvalid,
                       hearth::concat("SIDES is a whole number from ", kFewest, " to ", kMost));
    verb.progress(hearth::concat("rolling a die of ", sides, " sides"));
    const int rolled = std::uniform_int_distribution(1, sides)(chance_);
    verb.ok(std::to_string(rolled), hearth::concat(R"({"sides":)", sides, R"(,"rolled":)", rolled, "}"));
  }

  static bool read(std::string_view text, int& sides) {
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, sides);
    return error == std::errc() && stopped == end && sides >= kFewest && sides <= kMost;
  }

  std::mt19937 chance_{std::random_device{}()};
};

}  // namespace

HEARTH_PLUGIN(Dice)
