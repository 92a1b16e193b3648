// The three packets of an upgrade, and what may go wrong between them.
#include "engine_upgrade.hpp"

#include <utility>

#include "hearth/socketio/engine_server.hpp"

namespace hearth::socketio {

namespace {

constexpr auto kHold = std::chrono::milliseconds(100);

}  // namespace

EngineUpgrade::EngineUpgrade(EngineSession& session, std::shared_ptr<net::WebSocket> socket,
                             Microseconds timeout)
    : session_(session),
      socket_(std::move(socket)),
      timeout_(session.server_->io().deadlines, [this] { session_.upgrade_failed(); }),
      hold_(session.server_->io().deadlines, [this] { session_.answer_poll("6"); }) {
  socket_->on_message([this](std::string_view text, bool binary) { heard(text, binary); });
  socket_->on_close([this](std::uint16_t, std::string_view) { session_.upgrade_failed(); });
  timeout_.set(timeout);
}

EngineUpgrade::~EngineUpgrade() {
  if (socket_) socket_->drop();
}

void EngineUpgrade::heard(std::string_view text, bool binary) {
  const auto keep = session_.shared_from_this();
  if (!binary && !probed_ && text == "2probe") {
    probed_ = true;
    socket_->send_text("3probe");
    return session_.answer_poll("6");
  }
  if (!binary && probed_ && text == "5") return session_.upgraded(std::exchange(socket_, nullptr));
  session_.upgrade_failed();
}

void EngineUpgrade::hold_poll() { hold_.set(kHold); }

}  // namespace hearth::socketio
