// JSON-RPC 2.0, one object a line: reading requests, writing answers, errors and notifications.
#ifndef HEARTH_CORE_CONTROL_RPC_HPP
#define HEARTH_CORE_CONTROL_RPC_HPP

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Object.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hearth/status.hpp"

namespace hearth::core {

// The specification's codes; what a method itself refuses gets -32000 minus a number of its own.
inline constexpr int kParseError = -32700;
inline constexpr int kInvalidRequest = -32600;
inline constexpr int kMethodNotFound = -32601;
inline constexpr int kInvalidParams = -32602;
inline constexpr int kServerError = -32000;

inline constexpr std::size_t kMaxRpcLine = 1024 * 1024;  // bytes of a request
inline constexpr int kMaxRpcDepth = 32;

// What a request is answered to: its id as JSON text. Empty: it is a notification and gets no answer.
using RpcId = std::string;

struct RpcRequest {
  RpcId id;
  std::string method;
  Poco::JSON::Object::Ptr params;  // never null
};

struct RpcError {
  int code = kServerError;
  std::string words;
  std::string reason;  // for programs: "busy"
};

// Any JSON text of at most kMaxRpcDepth levels and nothing behind it; the order of keys is kept. kInvalid
// with words otherwise.
Result<Poco::Dynamic::Var> parse_json(std::string_view text);
// Without line ends. What JSON can't hold is refused.
Result<std::string> json_text(const Poco::Dynamic::Var& value);

struct ParsedRpc {
  std::optional<RpcRequest> request;
  RpcError error;  // when there is no request
  RpcId id;        // to answer the error to: "null" if it couldn't be read
};
ParsedRpc parse_request(std::string_view line);

// Maps an Error as methods return it.
RpcError to_rpc(const Error& error);

// Whole lines, with their end.
std::string result_line(const RpcId& id, std::string_view result_json);
std::string error_line(const RpcId& id, const RpcError& error);
std::string notification_line(std::string_view method, std::string_view params_json);

// Parameters by name. An absent one, or null, is `otherwise`; of another type: kInvalid, naming it.
Result<std::string> text_param(const Poco::JSON::Object& params, const std::string& name,
                               std::string otherwise);
Result<std::uint64_t> count_param(const Poco::JSON::Object& params, const std::string& name,
                                  std::uint64_t otherwise);

}  // namespace hearth::core

#endif
