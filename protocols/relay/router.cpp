// The common case, one client to another, builds no value and asks nobody.
#include "router.hpp"

#include "answers.hpp"
#include "common/words.hpp"
#include "hearth/log.hpp"
#include "hearth/net/json.hpp"

namespace hearth::relay {

namespace {

constexpr std::size_t kMostShown = 80;  // bytes of a name, in answers

}  // namespace

Router::Router(Directory& directory, HouseDevices& house, std::string token, Post post)
    : directory_(directory),
      house_(house),
      commands_(directory, house, std::move(token)),
      post_(std::move(post)),
      server_head_(forward_head("server")) {}

void Router::route(Client& from, std::string_view packet) {
  if (const auto status = reader_.read(packet); !status.ok()) return from.say(refusal(status.error().words));
  if (is_server(reader_.target())) return answer_later(from, commands_.run(from, reader_.payload()));
  if (!from.is_registered())
    return from.say(refusal("Device must be registered to send packets to other devices"));
  forward(from, reader_.target(), reader_.payload());
}

void Router::forward(Client& from, const std::string& target, const std::string& payload) {
  auto* to = directory_.find(target);
  if (!to) return to_house(from, target, payload);
  if (!fits(from.head(), payload))
    return from.say(refusal("with its sender the packet would have 1024 characters or more"));
  if (!to->forward(from.head(), payload))
    return from.say(refusal(concat("device ", protocols::cut(target, kMostShown), " is not reading")));
  from.say(kSuccess);
}

void Router::to_house(Client& from, const std::string& target, const std::string& payload) {
  from.wait();
  house_.run(target, payload, [this, weak = from.weak_from_this()](const std::string& line) {
    if (const auto client = weak.lock()) answer_later(*client, line);
  });
}

// What takes time in proportion to the house is done once a turn for each client, however many packets it
// sends at once: the others get theirs.
void Router::answer_later(Client& from, std::string line) {
  from.wait();
  post_([weak = from.weak_from_this(), line = std::move(line)] {
    if (const auto client = weak.lock()) client->resume(line);
  });
}

Router::Sent Router::send(std::string_view target, std::string_view payload) {
  auto* to = directory_.find(target);
  if (!to) return Sent::kUnknown;
  if (!fits(server_head_, payload)) return Sent::kTooLong;
  return to->forward(server_head_, payload) ? Sent::kYes : Sent::kFull;
}

void Router::flush_later(Client& client) {
  if (unflushed_.empty())
    post_([this] {
      for (const auto& weak : std::exchange(unflushed_, {}))
        if (const auto one = weak.lock()) one->flush();
    });
  unflushed_.push_back(client.weak_from_this());
}

}  // namespace hearth::relay
