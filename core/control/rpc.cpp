// Requests are judged here, before anything else of the server sees them.
#include "core/control/rpc.hpp"

#include <Poco/JSON/ParseHandler.h>
#include <Poco/JSON/Parser.h>
#include <Poco/JSON/Stringifier.h>
#include <fmt/format.h>

#include <sstream>

#include "core/control/json_text.hpp"
#include "core/log/utf8.hpp"

namespace hearth::core {
namespace {

// What Poco's parser doesn't refuse: depth, and brackets that close what the text didn't open.
bool badly_nested(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxRpcDepth) return true;
    } else if (c == ']' || c == '}') {
      if (--depth < 0) return true;
    }
  }
  return false;
}

Result<RpcId> id_of(const Poco::JSON::Object& object) {
  if (!object.has("id")) return RpcId();
  const auto id = object.get("id");
  if (id.isEmpty()) return RpcId("null");
  if (!id.isString() && !(id.isNumeric() && !id.isBoolean()))
    return Error{ErrorCode::kInvalid, "'id' is a text or a number"};
  auto text = json_text(id);
  if (text.ok() && text->size() > 256) return Error{ErrorCode::kInvalid, "'id' is longer than 256 bytes"};
  return text;
}

ParsedRpc refusal(int code, std::string words, RpcId id = "null") {
  return {std::nullopt, {code, std::move(words), "invalid"}, std::move(id)};
}

ParsedRpc request_from(const Poco::JSON::Object& object) {
  const auto id = id_of(object);
  if (!id.ok()) return refusal(kInvalidRequest, id.error().words);
  const auto answer_to = id->empty() ? RpcId("null") : *id;
  const auto method = object.get("method");
  if (!method.isString()) return refusal(kInvalidRequest, "'method' is missing or no text", answer_to);
  RpcRequest request{*id, method.extract<std::string>(), Poco::makeShared<Poco::JSON::Object>()};
  if (object.has("params") && !object.isNull("params")) {
    request.params = object.getObject("params");
    if (!request.params) return refusal(kInvalidParams, "'params' is an object with names", answer_to);
  }
  return {std::move(request), {}, answer_to};
}

}  // namespace

Result<Poco::Dynamic::Var> parse_json(std::string_view text) {
  if (!is_utf8(text)) return Error{ErrorCode::kInvalid, "not UTF-8"};
  if (text.find('\0') != std::string_view::npos) return Error{ErrorCode::kInvalid, "a zero byte"};
  if (badly_nested(text))
    return Error{ErrorCode::kInvalid,
                 fmt::format("brackets that don't match, or more than {} levels", kMaxRpcDepth)};
  try {
    Poco::JSON::Parser parser(Poco::makeShared<Poco::JSON::ParseHandler>(true));
    // In brackets, because the parser takes no bare scalar, and lets pass what stands behind the end.
    const auto whole = parser.parse(fmt::format("[{}]", text)).extract<Poco::JSON::Array::Ptr>();
    if (whole->size() != 1) return Error{ErrorCode::kInvalid, "not one JSON value"};
    return whole->get(0);
  } catch (const Poco::Exception& e) {
    return Error{ErrorCode::kInvalid, e.displayText()};
  } catch (const std::exception& e) {
    return Error{ErrorCode::kInvalid, e.what()};
  }
}

Result<std::string> json_text(const Poco::Dynamic::Var& value) {
  try {
    std::ostringstream out;
    Poco::JSON::Stringifier::stringify(value, out, 0);
    return std::move(out).str();
  } catch (const Poco::Exception& e) {
    return Error{ErrorCode::kFailed, "the result can't be written as JSON: " + e.displayText()};
  } catch (const std::exception& e) {
    return Error{ErrorCode::kFailed, std::string("the result can't be written as JSON: ") + e.what()};
  }
}

ParsedRpc parse_request(std::string_view line) {
  auto parsed = parse_json(line);
  if (!parsed.ok()) return refusal(kParseError, "not JSON: " + parsed.error().words);
  if (parsed->type() != typeid(Poco::JSON::Object::Ptr))
    return refusal(kInvalidRequest, "a request is one JSON object");
  return request_from(*parsed->extract<Poco::JSON::Object::Ptr>());
}

RpcError to_rpc(const Error& error) {
  int code = kServerError + static_cast<int>(error.code);
  if (error.code == ErrorCode::kInvalid)
    code = error.words.starts_with("no such method") ? kMethodNotFound : kInvalidParams;
  return {code, error.words, std::string(name(error.code))};
}

std::string result_line(const RpcId& id, std::string_view result_json) {
  return fmt::format("{{\"jsonrpc\":\"2.0\",\"id\":{},\"result\":{}}}\n", id, result_json);
}

std::string error_line(const RpcId& id, const RpcError& error) {
  std::string line =
      fmt::format("{{\"jsonrpc\":\"2.0\",\"id\":{},\"error\":{{\"code\":{},\"message\":", id, error.code);
  append_json(line, error.words);
  line += ",\"data\":{\"code\":";
  append_json(line, error.reason);
  line += "}}}\n";
  return line;
}

std::string notification_line(std::string_view method, std::string_view params_json) {
  return fmt::format("{{\"jsonrpc\":\"2.0\",\"method\":\"{}\",\"params\":{}}}\n", method, params_json);
}

Result<std::string> text_param(const Poco::JSON::Object& params, const std::string& name,
                               std::string otherwise) {
  const auto value = params.get(name);
  if (value.isEmpty()) return otherwise;
  if (!value.isString()) return Error{ErrorCode::kInvalid, fmt::format("'{}' is a text", name)};
  return value.extract<std::string>();
}

Result<std::uint64_t> count_param(const Poco::JSON::Object& params, const std::string& name,
                                  std::uint64_t otherwise) {
  const auto value = params.get(name);
  if (value.isEmpty()) return otherwise;
  try {
    if (value.isInteger() && !value.isBoolean()) return value.convert<std::uint64_t>();
  } catch (const Poco::Exception&) {
    // negative; said below
  }
  return Error{ErrorCode::kInvalid, fmt::format("'{}' is a whole number from 0", name)};
}

}  // namespace hearth::core
