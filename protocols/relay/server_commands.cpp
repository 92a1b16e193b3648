// get_devices, get_device_info (also called device_info), register, unregister.
#include "server_commands.hpp"

#include <boost/json/array.hpp>

#include "answers.hpp"
#include "common/secret.hpp"
#include "common/words.hpp"
#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

namespace hearth::relay {

namespace {

using boost::json::object;

constexpr std::size_t kMostShown = 80;  // bytes of what was sent, in answers
constexpr std::size_t kRoom = 64;       // characters of a list's answer beside the names

// The text at `key`; empty if it isn't there or null.
Result<std::string> text_at(const object& payload, std::string_view key) {
  const auto* value = payload.if_contains(key);
  if (!value || value->is_null()) return std::string();
  if (const auto* text = value->if_string()) return std::string(std::string_view(*text));
  return Error{ErrorCode::kInvalid, concat("'", key, "' is not a string")};
}

object shown(const Card& card) {
  object all{{"name", card.name}};
  if (!card.description.empty()) all["description"] = card.description;
  if (!card.version.empty()) all["version"] = card.version;
  if (!card.interface.empty()) all["interface"] = card.interface;
  return all;
}

}  // namespace

std::string ServerCommands::run(Client& from, const std::string& payload) {
  const auto parsed = net::json::parse(payload);
  if (!parsed.ok()) return refusal(parsed.error().words);
  const auto* order = parsed->if_object();
  if (!order) return refusal("the payload of a packet for the server is an object");
  const auto* command = order->if_contains("command");
  if (!command && !order->contains("device_name")) return refusal("'command' is missing");
  if (command && !command->is_string()) return refusal("'command' is not a string");
  const std::string_view word = command ? std::string_view(command->get_string()) : "register";
  if (word == "register") return enter(from, *order);
  if (!token_.empty() && !from.is_registered()) return refusal("Device must be registered first");
  if (word == "get_devices") return get_devices(*order);
  if (word == "get_device_info" || word == "device_info") return get_device_info(*order);
  if (word != "unregister") return refusal(concat("unknown command ", protocols::cut(word, kMostShown)));
  if (!from.is_registered()) return refusal("this connection is not registered");
  directory_.leave(from, "the client has unregistered");
  return std::string(kSuccess);
}

std::string ServerCommands::get_devices(const object& payload) const {
  const auto* from = payload.if_contains("offset");
  if (from && (!from->is_int64() || from->get_int64() < 0)) return refusal("'offset' is not a number");
  std::vector<std::string_view> names;
  for (const auto& [place, client] : directory_.clients()) names.push_back(client->name());
  for (const auto name : house_.names()) names.push_back(name);

  const auto offset = from ? static_cast<std::size_t>(from->get_int64()) : 0;
  std::string line = R"({"success":true,"response":[)";
  auto next = offset;
  for (auto room = kPacketLimit - kRoom; next < names.size(); ++next) {
    std::string item = next == offset ? "" : ",";
    net::json::append_text(item, names[next]);
    if (characters(item) >= room) break;
    room -= characters(item);
    line += item;
  }
  line += ']';
  if (next < names.size()) line += concat(",\"next\":", next);
  return line += "}\n";
}

std::string ServerCommands::get_device_info(const object& payload) const {
  const auto name = text_at(payload, "device_name");
  if (!name.ok()) return refusal(name.error().words);
  if (name->empty()) return refusal("'device_name' is missing");
  if (const auto* client = directory_.find(*name)) return answer(shown(client->card()));
  const auto info = house_.info(*name);
  return info.ok() ? answer(*info) : refusal(info.error().words);
}

bool ServerCommands::knows_token(const object& payload) const {
  const auto said = text_at(payload, "token");
  return token_.empty() || (said.ok() && protocols::same_secret(*said, token_));
}

std::string ServerCommands::enter(Client& from, const object& payload) {
  if (!knows_token(payload)) return refusal("Invalid token");
  if (!payload.contains("device_name")) return refusal("'device_name' is missing");
  auto name = text_at(payload, "device_name"), description = text_at(payload, "description"),
       version = text_at(payload, "version"), interface = text_at(payload, "interface");
  for (const auto* text : {&name, &description, &version, &interface})
    if (!text->ok()) return refusal(text->error().words);
  const auto* force = payload.if_contains("force");
  if (force && !force->is_bool()) return refusal("'force' is not true or false");
  const auto status = directory_.enter(
      from, {std::move(*name), std::move(*description), std::move(*version), std::move(*interface)},
      force && force->get_bool());
  return status.ok() ? std::string(kSuccess) : refusal(status.error().words);
}

}  // namespace hearth::relay
