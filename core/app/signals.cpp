// signalfd(2).
#include "core/app/signals.hpp"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace hearth::core {

Signals::Signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  if (pthread_sigmask(SIG_BLOCK, &set, nullptr) != 0 ||
      (fd_ = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)) < 0) {
    std::perror("signals");
    std::abort();
  }
  std::signal(SIGPIPE, SIG_IGN);
}

Signals::~Signals() { close(fd_); }

void Signals::watch(EventLoop& loop, std::function<void(int)> on_signal) {
  on_signal_ = std::move(on_signal);
  hearth_handle handle = 0;
  loop.watch(
      fd_, HEARTH_READABLE, [](void* self, std::uint32_t) { static_cast<Signals*>(self)->read_all(); }, this,
      &handle);
}

void Signals::read_all() {
  signalfd_siginfo info;
  while (read(fd_, &info, sizeof info) == sizeof info) on_signal_(static_cast<int>(info.ssi_signo));
}

}  // namespace hearth::core
