// The methods of the control socket.
#include "core/control/session.hpp"

#include <fmt/format.h>

#include "core/control/json_text.hpp"

namespace hearth::core {
namespace {

constexpr std::size_t kMaxVerbArgs = 64;
constexpr std::size_t kMaxVerbBytes = 64 * 1024;

std::string version_json() {
  return fmt::format("{{\"version\":\"{}\",\"abi\":\"{}.{}\"}}", HEARTH_VERSION, HEARTH_ABI_MAJOR,
                     HEARTH_ABI_MINOR);
}

Result<VerbCall> verb_from(const Poco::JSON::Object& params) {
  const auto word = text_param(params, "word", "");
  const auto verb = text_param(params, "verb", "");
  if (!word.ok() || word->empty()) return Error{ErrorCode::kInvalid, "'word' is missing or no text"};
  if (!verb.ok() || verb->empty()) return Error{ErrorCode::kInvalid, "'verb' is missing or no text"};
  VerbCall call{*word, *verb, {}};
  const Error wrong{ErrorCode::kInvalid, fmt::format("'args' is a list of at most {} texts, {} bytes in all",
                                                     kMaxVerbArgs, kMaxVerbBytes)};
  if (params.get("args").isEmpty()) return call;
  const auto args = params.getArray("args");
  if (!args || args->size() > kMaxVerbArgs) return wrong;
  std::size_t bytes = 0;
  for (const auto& arg : *args) {
    if (!arg.isString()) return wrong;
    call.args.push_back(arg.extract<std::string>());
    bytes += call.args.back().size();
  }
  if (bytes > kMaxVerbBytes) return wrong;
  return call;
}

}  // namespace

Session::Session(Context& ctx, std::shared_ptr<LoopGate> gate, Services& services, MessagePrinter& printer,
                 std::function<void()> ended)
    : ctx_(ctx), gate_(std::move(gate)), services_(services), printer_(printer), ended_(std::move(ended)) {}

Status Session::start(UniqueFd fd) {
  // Each holds the session while it runs: it may end there.
  const auto held = [weak = weak_from_this()](auto body) {
    if (const auto self = weak.lock()) body(*self);
  };
  Connection::Events events;
  events.line = [held](const std::string& line) { held([&](Session& s) { s.receive(line); }); };
  events.room = [held] { held([](Session& s) { s.room(); }); };
  events.refused = [held](const RpcError& error) { held([&](Session& s) { s.refuse(error); }); };
  events.closed = [held] { held([](Session& s) { s.ended_(); }); };
  events.half_closed = [held] {
    held([](Session& s) {
      s.half_closed_ = true;
      s.leave_if_done();
    });
  };
  connection_ = std::make_shared<Connection>(ctx_.loop, std::move(fd), std::move(events));
  return connection_->start();
}

void Session::receive(const std::string& line) {
  auto parsed = parse_request(line);
  if (parsed.request) return run(*parsed.request);
  connection_->send(error_line(parsed.id, parsed.error));
  // Where one line was not JSON, nobody knows what the next one is.
  if (parsed.error.code == kParseError) connection_->finish();
}

void Session::run(const RpcRequest& request) {
  if (open_calls() >= kMaxOpenCalls)
    return answer(request.id,
                  Error{ErrorCode::kBusy, fmt::format("{} calls are open already", kMaxOpenCalls)});
  if (request.method == "version") return answer(request.id, version_json());
  if (request.method == "log.get") return answer(request.id, log_get(services_.log(), *request.params));
  if (request.method == "log.follow") return follow_log(request);
  if (request.method == "bus.follow") return follow_bus(request);
  if (request.method == "verb.call") return call_verb(request);
  pass_on(request);
}

// Home answers on its own thread, perhaps when the client or this whole plugin is gone.
void Session::pass_on(const RpcRequest& request) {
  ++passed_on_;
  services_.call(request.method, request.params,
                 [gate = gate_, weak = weak_from_this(), id = request.id](Result<Poco::Dynamic::Var> result) {
                   gate->post([weak, id, result = std::move(result)] {
                     const auto self = weak.lock();
                     if (!self) return;
                     --self->passed_on_;
                     self->answer(id, result.ok() ? json_text(*result) : result.error());
                   });
                 });
}

void Session::call_verb(const RpcRequest& request) {
  const auto call = verb_from(*request.params);
  if (!call.ok()) return answer(request.id, call.error());
  // It is refused before request() returns when home's queue is full; then the number is not known yet.
  const auto number = std::make_shared<std::uint64_t>(0);
  const auto refused = std::make_shared<bool>(false);
  auto handle = ctx_.bus.request<VerbResult>(
      *call, kVerbDeadline,
      [weak = weak_from_this(), id = request.id, number, refused](const Result<VerbResult>& result) {
        const auto self = weak.lock();
        if (!self) return;
        if (*number != 0) return self->verb_done(*number, result);
        *refused = true;
        self->answer(id, result.ok() ? Error{ErrorCode::kFailed, "an answer out of turn"} : result.error());
      });
  if (*refused) return;
  // An open request's handle is its message's id.
  *number = handle.id();
  verbs_[*number] = {request.id, std::move(handle)};
}

void Session::verb_done(std::uint64_t verb_call, const Result<VerbResult>& result) {
  const auto verb = verbs_.extract(verb_call);
  if (verb.empty()) return;
  if (!result.ok()) return answer(verb.mapped().id, result.error());
  std::string json = "{\"text\":";
  append_json(json, result->text);
  json += ",\"json\":";
  append_json(json, result->json);
  answer(verb.mapped().id, json + "}");
}

void Session::progress(std::uint64_t verb_call, const std::string& text) {
  const auto verb = verbs_.find(verb_call);
  if (verb == verbs_.end()) return;
  std::string json = fmt::format("{{\"id\":{},\"text\":", verb->second.id.empty() ? "null" : verb->second.id);
  append_json(json, text);
  connection_->offer(notification_line("verb.progress", json + "}"));
}

// Anew each time, because plugins come and go.
void Session::learn_schemas() {
  printer_.forget_added();
  for (const auto& schema : services_.message_schemas()) {
    const auto added = printer_.add_schema({schema.data(), schema.size()});
    if (!added.ok()) ctx_.log.warning("a plugin's message schema: ", added.error().words);
  }
}

void Session::follow_bus(const RpcRequest& request) {
  const auto type_name = text_param(*request.params, "type", "");
  if (!type_name.ok()) return answer(request.id, type_name.error());
  learn_schemas();
  const auto type = type_name->empty() ? Result<hearth_type>(0) : printer_.type_of(*type_name);
  if (!type.ok()) return answer(request.id, type.error());
  bus_ = std::make_unique<BusFollower>(ctx_, printer_, *connection_);
  const auto started = bus_->start(*type);
  if (!started.ok()) bus_.reset();
  answer(request.id, started.ok() ? Result<std::string>("{}") : started.error());
}

void Session::follow_log(const RpcRequest& request) {
  auto filter = log_filter(*request.params);
  if (!filter.ok()) return answer(request.id, filter.error());
  log_ = std::make_unique<LogFollower>(services_.log(), std::move(*filter),
                                       [this](std::string_view line) { return connection_->offer(line); });
  answer(request.id, std::string("{}"));
}

void Session::log_changed() {
  if (log_) log_->pump();
}

void Session::room() {
  if (bus_) bus_->room();
  if (log_) log_->pump();
}

void Session::answer(const RpcId& id, const Result<std::string>& result_json) {
  if (!id.empty())
    connection_->send(result_json.ok() ? result_line(id, *result_json)
                                       : error_line(id, to_rpc(result_json.error())));
  leave_if_done();
}

void Session::refuse(const RpcError& error) {
  connection_->send(error_line("null", error));
  connection_->finish();
}

void Session::leave_if_done() {
  if (half_closed_ && open_calls() == 0 && !bus_ && !log_) connection_->finish();
}

}  // namespace hearth::core
