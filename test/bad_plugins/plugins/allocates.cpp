// Takes 8 MB more every 10 ms and gives nothing back.
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "hearth/plugin.hpp"

namespace {

class Allocates : public hearth::Plugin {
 public:
  using Plugin::Plugin;
  void start() override {
    timer_ = ctx.loop.every(std::chrono::milliseconds(10), [this] {
      // Not through new: a bad_alloc would be an exception like any other.
      auto* more = static_cast<char*>(std::malloc(kPortion));
      if (!more) std::abort();
      std::memset(more, 1, kPortion);
      kept_.emplace_back(more, std::free);
    });
  }

 private:
  static constexpr std::size_t kPortion = 8 << 20;
  hearth::Handle timer_;
  std::vector<std::unique_ptr<char, void (*)(void*)>> kept_;
};

}  // namespace

HEARTH_PLUGIN(Allocates)
