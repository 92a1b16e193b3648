// From bytes to a call: framing, parsing, looking up the request.
#include "session.hpp"

#include <memory>

#include "requests/requests.hpp"

namespace hearth::athome {

namespace {

// The protocol's own document prints its examples with U+201C and U+201D. As plain quotes, or nothing if
// there are none.
std::string with_plain_quotes(std::string_view text) {
  std::string plain;
  bool found = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "\xe2\x80\x9c" || text.substr(i, 3) == "\xe2\x80\x9d") {
      plain += '"';
      found = true;
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return found ? plain : std::string();
}

Result<boost::json::value> parse(std::string_view frame) {
  auto strict = net::json::parse(frame);
  if (strict.ok()) return strict;
  const auto plain = with_plain_quotes(frame);
  if (plain.empty()) return strict;
  auto liberal = net::json::parse(plain);
  return liberal.ok() ? liberal : strict;
}

}  // namespace

void Session::serve(net::Connection& connection, Services& services, Microseconds patience) {
  const auto session = std::make_shared<Session>(connection, services);
  connection.on_data([session](std::string_view bytes) { return session->data(bytes); });
  connection.on_deadline([session] { session->too_late(); });
  // A client may end its half after the request; before that, it has changed its mind.
  connection.on_end([session] {
    if (!session->complete_) session->connection_.close();
  });
  connection.set_deadline(patience);
}

std::size_t Session::data(std::string_view bytes) {
  const auto state = framer_.feed(bytes);
  if (state == net::JsonFramer::State::kNeedMore) return bytes.size();
  connection_.pause();
  connection_.clear_deadline();
  complete_ = state == net::JsonFramer::State::kComplete;
  if (complete_) {
    handle(framer_.frame());
  } else {
    refuse(framer_.reason());
  }
  return bytes.size();  // whatever follows the first object is ignored
}

void Session::too_late() {
  if (!framer_.started()) return connection_.close();
  refuse("the request did not arrive in time");
}

void Session::handle(std::string_view frame) {
  auto parsed = parse(frame);
  if (!parsed.ok()) return refuse(parsed.error().words);
  auto& request = parsed->get_object();  // the framer lets nothing else begin
  const auto* name = request.if_contains("request");
  if (!name || !name->is_string()) return refuse("'request' is missing or not a string");
  run(std::string(std::string_view(name->get_string())), request);
}

void Session::run(std::string name, boost::json::object& request) {
  const auto* known = find_request(name);
  auto* args = request.if_contains("args");
  const bool has_args = args && args->is_object();
  call_.emplace(services_, known && !known->echo.empty() ? std::string(known->echo) : std::move(name),
                has_args ? Arguments(std::move(args->get_object())) : Arguments(),
                [this](std::string_view bytes) { answer(bytes); });
  if (!known) return call_->refuse(kUnknownRequest, "Command is not recognized or implemented");
  if (known->needs_args && !has_args)
    return call_->refuse(kBadRequest, args ? "'args' is not an object" : "'args' is required");
  try {
    if (const auto status = known->run(*call_); !status.ok()) call_->refuse(status.error());
  } catch (const std::exception& e) {
    call_->refuse(kServerError, e.what());
  }
}

// For what can't even be called a request.
void Session::refuse(std::string_view words) {
  call_.emplace(services_, "", Arguments(), [this](std::string_view bytes) { answer(bytes); });
  call_->refuse(kBadRequest, words);
}

void Session::answer(std::string_view bytes) { connection_.close_with(bytes, complete_); }

}  // namespace hearth::athome
