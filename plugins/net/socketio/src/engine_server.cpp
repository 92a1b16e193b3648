// Which request belongs to which session, and which is refused: the order of the checks is the protocol's.
#include "hearth/socketio/engine_server.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "hearth/net/http_url.hpp"
#include "sid.hpp"

namespace hearth::socketio {

namespace {

constexpr std::size_t kMaxEnded = 256;
constexpr std::size_t kMaxOrigin = 256;
constexpr auto kNoteEvery = std::chrono::seconds(10);
constexpr auto kEndedFor = std::chrono::seconds(30);

std::string_view words_of(EngineError error) {
  switch (error) {
    case EngineError::kUnknownTransport: return "Transport unknown";
    case EngineError::kUnknownSession: return "Session ID unknown";
    case EngineError::kBadMethod: return "Bad handshake method";
    case EngineError::kBadRequest: return "Bad request";
    case EngineError::kForbidden: return "Forbidden";
    case EngineError::kUnsupportedVersion: return "Unsupported protocol version";
  }
  return "Bad request";
}

// Origins are compared as they are written, and browsers write them in one way only.
bool can_fit(const std::string& origin) {
  if (origin == "*" || origin == "null") return true;
  const auto url = net::Url::parse(origin);
  if (!url.ok()) return origin.find("://") != std::string::npos && !origin.ends_with('/');  // of an app
  return origin == concat(url->scheme, "://", url->authority());
}

// "192.0.2.7", "[::1]:5000", "localhost": no name that somebody else could make point here.
bool is_address(std::string_view host) {
  if (host.starts_with('[')) return true;
  host = host.substr(0, host.rfind(':'));
  if (net::equal_without_case(host, "localhost")) return true;
  return !host.empty() &&
         std::ranges::all_of(host, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

EngineOptions EngineOptions::from(const Config& config) {
  EngineOptions options;
  options.ping_interval = config.milliseconds("ping_interval_ms");
  options.ping_timeout = config.milliseconds("ping_timeout_ms");
  options.max_payload = static_cast<std::size_t>(config.integer("max_payload"));
  options.max_queue = std::max(options.max_queue, 2 * options.max_payload);
  if (config.has("max_connections"))
    options.max_sessions = static_cast<std::size_t>(config.integer("max_connections"));
  if (config.has("max_connections_per_address"))
    options.max_per_address = static_cast<std::size_t>(config.integer("max_connections_per_address"));
  options.origins = config.texts("origins");
  for (const auto& one : options.origins)
    if (!can_fit(one))
      throw std::runtime_error(concat("origins: '", one,
                                      "' fits no page; expected one like http://panel.example ",
                                      "or https://panel.example:8443, in small letters and without a path"));
  return options;
}

std::string_view page_of(const net::HttpHeaders& headers) {
  const auto origin = headers.get("Origin");
  if (origin == "file://") return {};
  const auto slashes = origin.find("//");
  const auto host = slashes == std::string_view::npos ? std::string_view() : origin.substr(slashes + 2);
  const bool own = !host.empty() && net::equal_without_case(host, headers.get("Host")) && is_address(host);
  return own ? std::string_view() : origin;
}

bool origin_fits(const std::vector<std::string>& origins, std::string_view page) {
  if (origins.empty() || page.empty()) return true;
  return std::ranges::any_of(origins, [&](const auto& one) { return one == "*" || one == page; });
}

EngineServer::EngineServer(net::Io& io, EngineOptions options, Opened opened)
    : io_(io), options_(std::move(options)), opened_(std::move(opened)) {}

EngineServer::~EngineServer() {
  while (!sessions_.empty()) sessions_.begin()->second->drop();
}

void EngineServer::install(net::HttpServerOptions& options) {
  const auto before = options.announced;
  options.limits.max_body =
      before ? std::max<std::uint64_t>(options.limits.max_body, options_.max_payload) : options_.max_payload;
  auto& max_output = options.listener.limits.max_output;
  max_output = std::max(max_output, options_.max_queue);
  options.announced = [this, before](const net::HttpRequest& request) -> std::shared_ptr<void> {
    if (serves(request)) return post_announced(request);
    return before ? before(request) : nullptr;
  };
  options.dress = [this, dressed = options.dress](net::HttpResponse& response,
                                                  const net::HttpHeaders& asked) {
    if (dressed) return dressed(response, asked);
    dress(response, asked.get("Origin"));
  };
}

// Only of requests that will be taken: others are answered, and leave the session as it is.
std::shared_ptr<void> EngineServer::post_announced(const net::HttpRequest& request) {
  const auto call = call_of(request);
  const auto session = find(call.sid);
  const bool taken = session && !session->on_websocket() && request.method == "POST" &&
                     call.transport == "polling" && call.version == "4" && !call.websocket &&
                     origin_fits(options_.origins, page_of(request.headers));
  return taken ? session->post_announced() : nullptr;
}

EngineServer::Call EngineServer::call_of(const net::HttpRequest& request) {
  const auto value = [&](std::string_view key) {
    return net::query_value(request.query, key).value_or(std::string());
  };
  return {value("transport"), value("sid"), value("EIO"), net::wants_websocket(request)};
}

void EngineServer::handle(const std::shared_ptr<net::HttpExchange>& exchange) {
  const auto& request = exchange->request();
  const auto page = page_of(request.headers);
  if (!origin_fits(options_.origins, page) || page.size() > kMaxOrigin) {
    note(exchange->peer(), "its page is not in 'origins'");
    return refuse(*exchange, EngineError::kForbidden);
  }
  if (request.method == "OPTIONS") return preflight(*exchange);
  const auto call = call_of(request);
  if (call.transport != "polling" && call.transport != "websocket")
    return refuse(*exchange, EngineError::kUnknownTransport);
  if (call.sid.empty()) return open(exchange, call);
  go_on(exchange, call);
}

void EngineServer::open(const std::shared_ptr<net::HttpExchange>& exchange, const Call& call) {
  const auto& request = exchange->request();
  if (request.method != "GET") return refuse(*exchange, EngineError::kBadMethod);
  if ((call.transport == "websocket") != call.websocket) return refuse(*exchange, EngineError::kBadRequest);
  if (call.version != "4") return refuse(*exchange, EngineError::kUnsupportedVersion);
  if (is_full(exchange->peer())) {
    note(exchange->peer(), "too many sessions");
    auto response = net::HttpResponse::text(503, "too many sessions");
    dress(response, request.headers.get("Origin"));
    return exchange->answer(std::move(response));
  }
  const auto session =
      std::make_shared<EngineSession>(*this, new_sid(), exchange->peer(), page_of(request.headers));
  if (call.websocket) {
    auto socket = accept(*exchange);
    if (!socket) return;  // answered
    session->begin_websocket(std::move(socket));
  } else {
    session->begin_polling(*exchange);
  }
  sessions_.emplace(session->sid(), session);
  opened_(session);
}

void EngineServer::go_on(const std::shared_ptr<net::HttpExchange>& exchange, const Call& call) {
  const auto& request = exchange->request();
  const auto session = find(call.sid);
  if (!session || session->is_late()) {
    if (request.method == "GET" && !call.websocket && take_last_poll(call.sid))
      return answer(*exchange, request.headers.get("Origin"), "text/plain; charset=UTF-8", "6");
    return refuse(*exchange, EngineError::kUnknownSession);
  }
  if (call.version != "4" || (call.transport == "websocket") != call.websocket)
    return refuse(*exchange, EngineError::kBadRequest);
  session->comes_from(page_of(request.headers));
  if (call.websocket) return change_transport(*exchange, *session);
  if (session->on_websocket()) return refuse(*exchange, EngineError::kBadRequest);
  if (request.method == "GET") return session->poll(exchange);
  if (request.method == "POST") return session->post(*exchange);
  refuse(*exchange, EngineError::kBadRequest);
}

// A second one is let in and sent away, as clients expect.
void EngineServer::change_transport(net::HttpExchange& exchange, EngineSession& session) {
  auto socket = accept(exchange);
  if (!socket) return;
  if (!session.is_open() || session.on_websocket() || session.upgrade_) return socket->close();
  session.upgrade(std::move(socket));
}

std::shared_ptr<net::WebSocket> EngineServer::accept(net::HttpExchange& exchange) const {
  net::WebSocketAccept accept;
  accept.options.max_message = options_.max_payload;
  return net::accept_websocket(exchange, accept);
}

bool EngineServer::is_full(const net::Ip& peer) const {
  if (sessions_.size() >= options_.max_sessions) return true;
  if (options_.max_per_address == 0) return false;
  const auto same =
      std::ranges::count_if(sessions_, [&](const auto& one) { return one.second->peer() == peer; });
  return static_cast<std::size_t>(same) >= options_.max_per_address;
}

void EngineServer::note(const net::Ip& peer, std::string_view what) {
  const auto now = io_.loop.steady();
  if (noted_.count() != 0 && now - noted_ < kNoteEvery) {
    ++unnoted_;
    return;
  }
  noted_ = now;
  const auto more = std::exchange(unnoted_, 0);
  io_.log.warning(options_.path, ": client ", peer.text(), ": ", what,
                  more == 0 ? std::string() : concat(" (", more, " lines left out before)"));
}

std::shared_ptr<EngineSession> EngineServer::find(std::string_view sid) {
  const auto session = sessions_.find(sid);
  return session == sessions_.end() ? nullptr : session->second;
}

// ---- Sessions that have ended
// --------------------------------------------------------------------------------

void EngineServer::forget(const EngineSession& session) {
  const auto known = sessions_.find(session.sid());
  if (known == sessions_.end()) return;
  const auto last = std::move(known->second);  // the key is its own
  sessions_.erase(known);
}

// A poll and the POST that closes may come on two connections, in either order.
void EngineServer::expect_last_poll(std::string sid) {
  if (ended_.size() == kMaxEnded) ended_.pop_front();
  ended_.push_back({std::move(sid), io_.loop.steady()});
}

bool EngineServer::take_last_poll(std::string_view sid) {
  while (!ended_.empty() && io_.loop.steady() - ended_.front().at > kEndedFor) ended_.pop_front();
  return std::erase_if(ended_, [&](const Ended& one) { return one.sid == sid; }) != 0;
}

// ---- Answers
// -------------------------------------------------------------------------------------------------

void EngineServer::answer(net::HttpExchange& exchange, std::string_view origin, std::string_view type,
                          std::string body) const {
  auto response = net::HttpResponse::of(200, type, std::move(body));
  response.header("Cache-Control", "no-store");
  dress(response, origin);
  exchange.answer(std::move(response));
}

// `*` is not combined with credentials: a page may speak here, but not in the name of whoever visits it.
void EngineServer::dress(net::HttpResponse& response, std::string_view origin) const {
  if (std::ranges::find(options_.origins, "*") != options_.origins.end() || options_.origins.empty()) {
    response.header("Access-Control-Allow-Origin", "*");
  } else if (!origin.empty() && origin_fits(options_.origins, origin)) {
    response.header("Access-Control-Allow-Origin", origin).header("Vary", "Origin");
  }
}

void EngineServer::preflight(net::HttpExchange& exchange) const {
  const auto& headers = exchange.request().headers;
  net::HttpResponse response{.status = 204};
  response.header("Access-Control-Allow-Methods", "GET, POST, OPTIONS");
  const auto wanted = headers.get("Access-Control-Request-Headers");
  if (!wanted.empty()) response.header("Access-Control-Allow-Headers", wanted);
  dress(response, headers.get("Origin"));
  exchange.answer(std::move(response));
}

void EngineServer::refuse(net::HttpExchange& exchange, EngineError error) const {
  refuse(exchange, error, exchange.request().headers.get("Origin"));
}

void EngineServer::refuse(net::HttpExchange& exchange, EngineError error, std::string_view origin) const {
  const auto words = words_of(error);
  auto response = net::HttpResponse::of(
      error == EngineError::kForbidden ? 403 : 400, "application/json",
      concat(R"({"code":)", static_cast<int>(error), R"(,"message":")", words, R"("})"));
  if (net::wants_websocket(exchange.request())) {
    response.headers = net::HttpFields().add("Content-Type", "text/html");
    response.body = words;
  }
  dress(response, origin);
  exchange.answer(std::move(response));
}

}  // namespace hearth::socketio
