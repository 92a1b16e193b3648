// A client's sending: connect or use again, write, give back.
#include "hearth/net/http_client.hpp"

#include <algorithm>
#include <utility>

#include "http_client_core.hpp"

namespace hearth::net {

namespace {

bool is_visible(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

void HttpClient::Core::send(HttpCall call, Done done) {
  if (busy()) return refuse_later(std::move(done), ErrorCode::kBusy, "a request is under way");
  if (!options_.connector)
    return refuse_later(std::move(done), ErrorCode::kInvalid, "a secure server, and TLS is not configured");
  if (!is_http_token(call.method) || !is_visible(call.target) || !call.headers.valid() ||
      (!call.upgrade.empty() && !is_http_token(call.upgrade)))
    return refuse_later(std::move(done), ErrorCode::kInvalid,
                        "the request's method, target or headers are malformed");
  call.repeatable = call.repeatable || call.method == "GET" || call.method == "HEAD";
  running_ =
      std::make_shared<Running>(Running{.call = std::move(call), .done = std::move(done), .answer = {}});
  if (running_->call.timeout.count() != 0) deadline_.set(running_->call.timeout);
  begin();
}

// Brackets around IPv6, whose zone is nobody else's business, and the port unless it is the usual one.
std::string HttpClient::Core::usual_authority() const {
  const auto host = options_.host.substr(0, options_.host.find('%'));
  auto text = host.find(':') == std::string::npos ? host : concat("[", host, "]");
  if (options_.port != (options_.secure ? 443 : 80)) text += concat(":", options_.port);
  return text;
}

void HttpClient::Core::refuse_later(Done done, ErrorCode code, std::string words) {
  io_.loop.post([weak = weak_from_this(), done = std::move(done), error = Error{code, std::move(words)}] {
    if (weak.lock()) done(error);
  });
}

void HttpClient::Core::begin() {
  const auto& call = running_->call;
  expect_answer();
  running_->used_before = connection_ && connection_->is_open();
  if (running_->used_before) return transmit();
  auto options = options_.connect;
  if (call.timeout.count() != 0) options.timeout = std::min(options.timeout, call.timeout);
  attempt_ = options_.connector(io_, options_.host, options_.port, options,
                                [this](auto result) { connected(std::move(result)); });
}

void HttpClient::Core::expect_answer() {
  parser_.reset();
  if (running_->call.method == "HEAD") parser_.expect_no_body();
}

// The next byte.
void HttpClient::Core::await() {
  const bool limited = running_ && running_->call.stall_timeout.count() != 0;
  if (limited) connection_->set_deadline(running_->call.stall_timeout);
}

void HttpClient::Core::connected(Result<std::shared_ptr<Connection>> result) {
  const auto keep = shared_from_this();
  attempt_.reset();
  if (!result.ok()) return finish(result.error());
  connection_ = *std::move(result);
  connection_->on_data([this](std::string_view bytes) { return data(bytes); });
  connection_->on_end([this] { peer_ended(); });
  connection_->on_closed([this](const Error& error) { lost(error); });
  connection_->on_deadline([this] {
    if (busy()) return fail(ErrorCode::kTimeout, "the answer doesn't go on");
    drop_connection();
  });
  transmit();
}

// In one piece: there are devices that take each packet for a message.
void HttpClient::Core::transmit() {
  const auto& call = running_->call;
  std::string head = concat(call.method, " ", call.target, " HTTP/1.1\r\n");
  if (!call.headers.has("Host")) head += concat("Host: ", options_.authority, "\r\n");
  head += call.headers.text();
  const bool usual = call.method == "POST" || call.method == "PUT" || call.method == "PATCH";
  if (usual || !call.body.empty()) head += concat("Content-Length: ", call.body.size(), "\r\n");
  if (!call.upgrade.empty()) {
    head += concat("Connection: Upgrade\r\nUpgrade: ", call.upgrade, "\r\n");
  } else if (!options_.keep_alive) {
    head += "Connection: close\r\n";
  }
  head += "\r\n";
  connection_->clear_deadline();
  await();
  connection_->write(head, call.body);
}

void HttpClient::Core::drop_connection() {
  if (const auto connection = std::exchange(connection_, nullptr)) connection->close();
}

void HttpClient::Core::fail(ErrorCode code, std::string_view words) {
  const auto keep = shared_from_this();
  drop_connection();
  finish(Error{code, concat(name(), ": ", words)});
}

void HttpClient::Core::finish(Result<HttpAnswer> result) {
  attempt_.reset();
  deadline_.clear();
  if (const auto running = std::exchange(running_, nullptr)) running->done(std::move(result));
}

void HttpClient::Core::shut(bool for_ever) {
  const bool idle = !busy();
  attempt_.reset();
  deadline_.clear();
  const auto keep = std::exchange(running_, nullptr);
  if (!idle || for_ever) drop_connection();
}

void HttpClient::Core::pause() {
  if (!connection_) return;
  connection_->clear_deadline();
  connection_->pause();
}

void HttpClient::Core::resume() {
  if (!connection_) return;
  await();
  connection_->resume();
}

HttpClientOptions HttpClientOptions::to(const Url& url, Connector connector) {
  HttpClientOptions options;
  options.host = url.host;
  options.port = url.port;
  options.authority = url.authority();
  options.secure = url.secure();
  options.connector = std::move(connector);
  return options;
}

HttpClient::HttpClient(Io& io, HttpClientOptions options)
    : core_(std::make_shared<Core>(io, std::move(options))) {}

HttpClient::~HttpClient() { core_->shut(true); }

void HttpClient::send(HttpCall call, Done done) { core_->send(std::move(call), std::move(done)); }
void HttpClient::cancel() { core_->shut(false); }
bool HttpClient::busy() const { return core_->busy(); }
void HttpClient::pause() { core_->pause(); }
void HttpClient::resume() { core_->resume(); }

}  // namespace hearth::net
