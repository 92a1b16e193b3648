// Names are compared as they are written, but for the server's own.
#include "directory.hpp"

#include "answers.hpp"
#include "common/words.hpp"
#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

namespace hearth::relay {

namespace {

constexpr std::size_t kMostShown = 80;  // bytes of a name, in answers

Error wrong(std::string words) { return {ErrorCode::kInvalid, std::move(words)}; }

Status judge(const Card& card) {
  if (card.name.empty()) return wrong("'device_name' is empty");
  if (is_server(card.name)) return wrong(concat("the name ", card.name, " is reserved"));
  if (has_characters(card.name, Directory::kMostName + 1))
    return wrong(concat("'device_name' has more than ", Directory::kMostName, " characters"));
  for (const auto* text : {&card.description, &card.version, &card.interface})
    if (has_characters(*text, Directory::kMostText + 1))
      return wrong(
          concat("description, version and interface have at most ", Directory::kMostText, " characters"));
  return {};
}

std::string lost(const std::string& name) {
  std::string payload = R"({"event":"unregistered","device_name":)";
  net::json::append_text(payload, name);
  return from_server(payload += R"(,"reason":"another connection has taken the name"})");
}

}  // namespace

bool is_server(std::string_view name) {
  return protocols::same_word(name, "server") || protocols::same_word(name, "gerald");
}

Status Directory::enter(Client& client, Card card, bool force) {
  if (auto fit = judge(card); !fit.ok()) return fit;
  const auto shown = protocols::cut(card.name, kMostShown);
  auto* holder = find(card.name);
  if (!force && client.is_registered())
    return wrong(concat("this connection is registered as ", protocols::cut(client.name(), kMostShown)));
  if (!force && holder) return wrong(concat("the name ", shown, " is taken"));
  if (!holder && hooks_.objection)
    if (const auto why = hooks_.objection(card.name); !why.empty()) return wrong(why);
  if (holder && holder != &client) {
    erase(*holder);
    holder->set_card({});
    holder->say(lost(card.name));
  }
  if (client.is_registered() && client.name() != card.name) leave(client, "the client has another name");
  if (client.is_registered()) erase(client);
  names_[card.name] = {&client, ++last_};
  clients_[last_] = &client;
  client.set_card(std::move(card));
  if (hooks_.came) hooks_.came(client.card());
  return {};
}

void Directory::leave(Client& client, const std::string& why) {
  if (!client.is_registered()) return;
  erase(client);
  const auto name = client.name();
  client.set_card({});
  if (hooks_.went) hooks_.went(name, why);
}

void Directory::erase(Client& client) {
  const auto entry = names_.find(client.name());
  clients_.erase(entry->second.place);
  names_.erase(entry);
}

Client* Directory::find(std::string_view name) const {
  const auto entry = names_.find(name);
  return entry == names_.end() ? nullptr : entry->second.client;
}

}  // namespace hearth::relay
