// poll(2) around a blocking socket, so that every wait has an end.
#include "core/control/ctl/client.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>

#include "core/control/control_socket.hpp"
#include "core/control/json_text.hpp"
#include "core/control/rpc.hpp"
#include "core/runtime/descriptors.hpp"

namespace hearth::core::ctl {
namespace {

constexpr std::size_t kPortion = 64 * 1024;

Notification notification_of(const Poco::JSON::Object& message) {
  auto params = message.getObject("params");
  return {message.optValue<std::string>("method", ""),
          params ? params : Poco::makeShared<Poco::JSON::Object>()};
}

}  // namespace

bool Client::fail(Failure::Kind kind, std::string words) {
  failure_ = {kind, std::move(words)};
  return false;
}

Status Client::connect(const std::filesystem::path& socket) {
  auto fd = connect_to(socket);
  if (!fd.ok()) return fd.error();
  fd_ = std::move(*fd);
  return {};
}

bool Client::wait(short events, Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
    const bool forever = until == Clock::time_point::max();
    if (!forever && left <= 0) return fail(Failure::Kind::kNoConnection, "hearthd doesn't answer");
    pollfd poll{fd_.get(), events, 0};
    const int ready = ::poll(&poll, 1, forever ? -1 : static_cast<int>(std::min<long>(left + 1, INT_MAX)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR)
      return fail(Failure::Kind::kNoConnection, std::generic_category().message(errno));
  }
}

bool Client::send(const std::string& line, const std::vector<UniqueFd>& descriptors,
                  Clock::time_point until) {
  static const std::vector<UniqueFd> kNone;
  for (std::size_t sent = 0; sent < line.size();) {
    if (!wait(POLLOUT, until)) return false;
    const auto n =
        send_with(fd_.get(), line.data() + sent, line.size() - sent, sent == 0 ? descriptors : kNone);
    if (n < 0 && errno == ETOOMANYREFS)
      return fail(Failure::Kind::kNoConnection, "too many files of yours are being handed over already");
    if (n < 0 && errno != EAGAIN && errno != EINTR)
      return fail(Failure::Kind::kNoConnection, "hearthd has closed the connection");
    if (n > 0) sent += static_cast<std::size_t>(n);
  }
  return true;
}

bool Client::receive(Poco::JSON::Object::Ptr& message, Clock::time_point until) {
  for (;;) {
    if (const auto line = input_.next()) {
      const auto json = parse_json(*line);
      if (!json.ok() || json->type() != typeid(Poco::JSON::Object::Ptr))
        return fail(Failure::Kind::kNoConnection, "hearthd speaks another language than this hearthctl");
      message = json->extract<Poco::JSON::Object::Ptr>();
      return true;
    }
    if (input_.too_long()) return fail(Failure::Kind::kNoConnection, "hearthd sent a line without end");
    if (!wait(POLLIN, until)) return false;
    char portion[kPortion];
    const auto got = ::recv(fd_.get(), portion, sizeof portion, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(Failure::Kind::kNoConnection, "hearthd has closed the connection");
    input_.append({portion, static_cast<std::size_t>(got)});
  }
}

bool Client::call(const std::string& method, const Poco::JSON::Object::Ptr& params,
                  Poco::Dynamic::Var& result, const Notified& notified, std::chrono::seconds deadline,
                  const std::vector<UniqueFd>& descriptors) {
  const auto until = Clock::now() + deadline;
  const auto id = ++last_id_;
  const auto params_text = json_text(params);
  if (!params_text.ok()) return fail(Failure::Kind::kRefused, params_text.error().words);
  std::string line = fmt::format("{{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":", id);
  append_json(line, method);
  line += ",\"params\":" + *params_text + "}\n";
  if (!send(line, descriptors, until)) return false;
  Poco::JSON::Object::Ptr message;
  while (receive(message, until)) {
    if (message->has("method")) {
      if (notified) {
        notified(notification_of(*message));
      } else {
        kept_.push_back(notification_of(*message));
      }
      continue;
    }
    // An error without an id is about the connection, and so about this call.
    const auto answered = message->get("id");
    if (answered.isEmpty() || answered.toString() == std::to_string(id)) return take_result(*message, result);
  }
  return false;
}

bool Client::take_result(const Poco::JSON::Object& answer, Poco::Dynamic::Var& result) {
  if (const auto error = answer.getObject("error"))
    return fail(Failure::Kind::kRefused, error->optValue<std::string>("message", "refused without a word"));
  result = answer.get("result");
  return true;
}

bool Client::next(Notification& notification) {
  if (!kept_.empty()) {
    notification = std::move(kept_.front());
    kept_.pop_front();
    return true;
  }
  Poco::JSON::Object::Ptr message;
  if (!receive(message, Clock::time_point::max())) return false;
  notification = notification_of(*message);
  return true;
}

}  // namespace hearth::core::ctl
