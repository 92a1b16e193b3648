// inotify(7) on the folder of the chips, and a timer.
#include "plug_watch.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>

namespace gpio_led {
namespace {

constexpr auto kAgain = std::chrono::seconds(5);
// A new file belongs to root until udev has seen it: its rights count too.
constexpr std::uint32_t kChanges = IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MOVED_FROM | IN_MOVED_TO;

bool of_a_chip(const inotify_event& event, std::string_view name) {
  return (event.mask & IN_Q_OVERFLOW) != 0 || name.starts_with("gpiochip");
}

}  // namespace

PlugWatch::PlugWatch(const hearth::Loop& loop, const std::string& folder, std::function<bool()> look)
    : loop_(loop), look_(std::move(look)), inotify_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  if (inotify_ >= 0 && inotify_add_watch(inotify_, folder.c_str(), kChanges) >= 0) {
    auto watched = loop_.watch(inotify_, HEARTH_READABLE, [this](std::uint32_t) { read_changes(); });
    if (watched) changes_ = *std::move(watched);
  }
  if (!changes_) look_later();
}

PlugWatch::~PlugWatch() {
  changes_.reset();
  if (inotify_ >= 0) close(inotify_);
}

void PlugWatch::look_now() {
  if (!look_() || !changes_) return look_later();
  again_.reset();
}

void PlugWatch::look_later() {
  if (!again_) again_ = loop_.every(kAgain, [this] { look_now(); });
}

void PlugWatch::read_changes() {
  std::array<char, 4096> buffer{};
  bool chips = false;
  for (ssize_t size = 0; (size = read(inotify_, buffer.data(), buffer.size())) > 0;) {
    for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* name = buffer.data() + at + sizeof event;
      chips |= of_a_chip(event, std::string_view(name, strnlen(name, event.len)));
      at += sizeof event + event.len;
    }
  }
  if (chips) look_now();
}

}  // namespace gpio_led
