// The methods of the control socket.
#include "core/control/session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/control/json_text.hpp"
#include "core/runtime/descriptors.hpp"
#include "core/runtime/event_loop.hpp"

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

// One that is no whole number, or too large, is none of the first kMaxVerbArgs.
std::uint32_t place_of(const Poco::Dynamic::Var& number) {
  try {
    const bool whole = number.isInteger() && !number.isBoolean();
    const auto place = whole ? number.convert<Poco::UInt64>() : kMaxVerbArgs;
    return static_cast<std::uint32_t>(std::min<Poco::UInt64>(place, kMaxVerbArgs));
  } catch (const Poco::Exception&) {
    return kMaxVerbArgs;
  }
}

// The places in 'args' that files come for. Whether there is such an argument is the plugin's to see.
Result<std::vector<std::uint32_t>> announced_files(const Poco::JSON::Object& params) {
  std::vector<std::uint32_t> places;
  if (params.get("files").isEmpty()) return places;
  const Error wrong{ErrorCode::kInvalid,
                    fmt::format("'files' is a list of at most {} different places in 'args'",
                                RequestFiles::kMostOfRequest)};
  const auto files = params.getArray("files");
  if (!files || files->size() > RequestFiles::kMostOfRequest) return wrong;
  for (const auto& file : *files) {
    const auto place = place_of(file);
    if (place == kMaxVerbArgs || std::find(places.begin(), places.end(), place) != places.end()) return wrong;
    places.push_back(place);
  }
  return places;
}

}  // namespace

Session::Session(Context& ctx, std::shared_ptr<LoopGate> gate, Services& services, RequestFiles& files,
                 MessagePrinter& printer, std::function<void()> ended)
    : ctx_(ctx),
      gate_(std::move(gate)),
      services_(services),
      files_(files),
      printer_(printer),
      ended_(std::move(ended)) {}

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
  auto files = files_of(request);  // whatever becomes of the request
  if (!files.ok()) return answer(request.id, files.error());
  if (open_calls() >= kMaxOpenCalls)
    return answer(request.id,
                  Error{ErrorCode::kBusy, fmt::format("{} calls are open already", kMaxOpenCalls)});
  if (request.method == "version") return answer(request.id, version_json());
  if (request.method == "log.get") return answer(request.id, log_get(services_.log(), *request.params));
  if (request.method == "log.follow") return follow_log(request);
  if (request.method == "bus.follow") return follow_bus(request);
  if (request.method == "verb.call") return call_verb(request, std::move(*files));
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

// What is no file is closed as what it is: a stranger's.
Result<RequestFiles::List> Session::files_of(const RpcRequest& request) {
  std::vector<std::uint32_t> places;
  if (request.method == "verb.call") {
    auto announced = announced_files(*request.params);
    if (!announced.ok()) return announced.error();
    places = std::move(*announced);
  }
  auto descriptors = connection_->take_descriptors(places.size());
  if (!descriptors.ok()) return descriptors.error();
  if (!std::all_of(descriptors->begin(), descriptors->end(),
                   [](const UniqueFd& fd) { return is_file_to_read(fd.get()); })) {
    close_foreign(*descriptors);
    return Error{ErrorCode::kInvalid, "only regular files that are open for reading are handed over"};
  }
  RequestFiles::List files;
  for (std::size_t i = 0; i < places.size(); ++i) files.push_back({places[i], std::move((*descriptors)[i])});
  return files;
}

std::size_t Session::open_files() const {
  std::size_t count = 0;
  for (const auto& [id, verb] : verbs_) count += verb.files.count();
  return count;
}

void Session::call_verb(const RpcRequest& request, RequestFiles::List files) {
  const auto call = verb_from(*request.params);
  if (!call.ok()) return answer(request.id, call.error());
  if (open_files() + files.size() > kMaxOpenFiles)
    return answer(request.id,
                  Error{ErrorCode::kBusy, fmt::format("{} files of yours are open already", open_files())});
  ask(*call, request.id, std::move(files));
}

void Session::ask(const VerbCall& call, const RpcId& id, RequestFiles::List files) {
  // It is refused before request() returns when home's queue is full; then the number is not known yet.
  struct Asked {
    std::uint64_t number = 0;
    std::optional<Error> refused;
  };
  const auto asked = std::make_shared<Asked>();
  Handle handle;
  const auto send = [&] {
    handle = ctx_.bus.request<VerbResult>(
        call, kVerbDeadline, [weak = weak_from_this(), asked](const Result<VerbResult>& result) {
          const auto self = weak.lock();
          if (asked->number != 0 && self) return self->verb_done(asked->number, result);
          asked->refused = result.ok() ? Error{ErrorCode::kFailed, "an answer out of turn"} : result.error();
        });
    return handle.id();  // an open request's handle is its message's id
  };
  const auto until = steady_now_us() + std::chrono::microseconds(kVerbDeadline).count();
  auto lease = files_.send_with(call.word, std::move(files), until, send);
  if (!lease.ok()) return answer(id, lease.error());
  if (asked->refused) return answer(id, *asked->refused);
  asked->number = handle.id();
  verbs_[asked->number] = {id, std::move(handle), std::move(*lease)};
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
