// Accepting clients, and handing out what comes from the log and from verbs at work.
#include "core/control/control_server.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace hearth::core {
namespace {

constexpr std::chrono::seconds kAcceptPause{1};

template <class T>
T& offered(const hearth_host* host, std::string_view name) {
  const void* found = host->extension(host, detail::slice(name));
  if (!found) throw std::runtime_error("the control server isn't offered " + std::string(name));
  return *static_cast<T*>(const_cast<void*>(found));
}

}  // namespace

ControlServer::ControlServer(Context& context)
    : Plugin(context),
      services_(offered<Services>(context.host, kServicesExtension)),
      files_(offered<RequestFiles>(context.host, kRequestFilesExtension)),
      gate_(std::make_shared<LoopGate>(context.loop)),
      log_woken_(std::make_shared<std::atomic<bool>>(false)) {}

ControlServer::~ControlServer() = default;

void ControlServer::start() {
  auto socket = ListeningSocket::open(services_.socket_path());
  if (!socket.ok()) throw std::runtime_error(socket.error().words);
  socket_ = std::move(*socket);
  listen();
  progress_ = ctx.bus.subscribe<VerbProgress>([this](const VerbProgress& line, const Meta& meta) {
    for (const auto& [number, client] : clients_) client->progress(meta.cause, line.text);
  });
  // The log calls from any thread; one wake-up on its way is enough.
  log_listener_ = services_.log().on_entry([this, loop = ctx.loop, woken = log_woken_] {
    if (woken->exchange(true)) return;
    try {
      loop.post([this] { log_changed(); });
    } catch (const std::exception&) {
      woken->store(false);  // out of memory: the next entry tries again
    }
  });
}

void ControlServer::stop() {
  gate_->close();
  log_listener_ = {};
  watch_.reset();
  pause_.reset();
  progress_.reset();
  socket_.close();
  for (const auto& [number, client] : std::exchange(clients_, {})) client->close();
}

void ControlServer::listen() {
  auto watch = ctx.loop.watch(socket_.fd(), HEARTH_READABLE, [this](std::uint32_t) { accept(); });
  if (!watch.ok()) throw std::runtime_error(watch.error().words);
  watch_ = std::move(*watch);
}

void ControlServer::accept() {
  for (;;) {
    UniqueFd fd(::accept4(socket_.fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) {
      admit(std::move(fd));
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      ctx.log.warning("control socket: ", std::generic_category().message(errno));
      watch_.reset();
      pause_ = ctx.loop.after(kAcceptPause, [this] { listen(); });
      return;
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;
    }
  }
}

void ControlServer::admit(UniqueFd fd) {
  if (clients_.size() >= kMaxClients) {
    const auto line = error_line("null", to_rpc({ErrorCode::kBusy, "64 clients are connected already"}));
    // It fits any socket's buffer; a client that is gone doesn't matter.
    [[maybe_unused]] const auto sent =
        ::send(fd.get(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return;
  }
  const auto number = ++last_client_;
  auto session = std::make_shared<Session>(ctx, gate_, services_, files_, printer_, [this, number] {
    ctx.loop.post([this, number] { clients_.erase(number); });
  });
  clients_[number] = session;
  const auto started = session->start(std::move(fd));
  if (started.ok()) return;
  ctx.log.warning("control socket: ", started.error().words);
  clients_.erase(number);
}

void ControlServer::log_changed() {
  log_woken_->store(false);
  for (const auto& [number, client] : clients_) client->log_changed();
}

}  // namespace hearth::core
