// A device's answer is its state once it has done what was asked for.
#include "house_devices.hpp"

#include <unordered_map>

#include "answers.hpp"
#include "common/find_device.hpp"
#include "common/json_values.hpp"
#include "common/words.hpp"
#include "hearth/net/json.hpp"
#include "packet_stream.hpp"

namespace hearth::relay {

namespace {

constexpr std::string_view kInterface = "hearth: protocols/relay/README.md";
constexpr std::size_t kRoom = 40;  // characters of an answer beside its response
constexpr std::string_view kForm =
    R"(a device of the house takes {"command":"on"|"off"|"toggle"|"set"|"get"})";

std::string described(const House::Device& device) {
  std::string words = device.kind.empty() ? "device" : device.kind;
  if (!device.location.empty()) words += ", " + device.location;
  words += ": ";
  for (std::size_t i = 0; i < device.capabilities.size(); ++i)
    words += (i == 0 ? "" : ", ") + device.capabilities[i].name;
  return words;
}

// The device as far as it fits: without texts, then without any state. Whatever was asked for has been done.
std::string shown(const House::Device& device) {
  auto all = protocols::shown(device);
  const auto fits = [&all] { return !has_characters(net::json::to_text(all), kPacketLimit - kRoom); };
  if (!fits())
    for (const auto& [capability, state] : device.states)
      if (type_of(state.value) == ValueType::kText) all["states"].get_object().erase(capability);
  if (!fits()) all.erase("states");
  return fits() ? answer(all) : std::string(kSuccess);
}

}  // namespace

void HouseDevices::run(std::string_view target, const std::string& payload,
                       std::function<void(const std::string&)> done) {
  const auto device = protocols::find_device(target, house_.devices(), own_);
  if (!device.ok()) return done(refusal(device.error().words));
  const auto parsed = net::json::parse(payload);
  if (!parsed.ok()) return done(refusal(parsed.error().words));
  const auto* order = parsed->if_object();
  const auto* verb = order ? order->if_contains("command") : nullptr;
  if (!verb || !verb->is_string()) return done(refusal(kForm));
  const std::string_view word = verb->get_string();
  if (protocols::same_word(word, "get")) return done(shown(**device));
  auto wishes = protocols::wishes_of(word, *order, **device, "command");
  if (!wishes.ok()) return done(refusal(wishes.error().words));
  const auto id = (*device)->device;
  orders_.run(id, std::move(*wishes), [this, id, done = std::move(done)](const Status& how) {
    const auto* now = house_.find(id);
    if (!how.ok()) return done(refusal(how.error().words));
    done(now ? shown(*now) : std::string(kSuccess));
  });
}

std::vector<std::string_view> HouseDevices::names() const {
  std::unordered_map<std::string_view, int> shared(house_.devices().size());
  for (const auto& [id, device] : house_.devices()) ++shared[device.name];
  std::vector<std::string_view> all;
  all.reserve(house_.devices().size());
  for (const auto& [id, device] : house_.devices())
    if (device.plugin() != own_)
      all.push_back(device.name.empty() || shared[device.name] > 1 ? id : device.name);
  return all;
}

Result<boost::json::object> HouseDevices::info(std::string_view target) const {
  const auto device = protocols::find_device(target, house_.devices(), own_);
  if (!device.ok()) return device.error();
  return boost::json::object{{"name", (*device)->name.empty() ? (*device)->device : (*device)->name},
                             {"description", described(**device)},
                             {"interface", kInterface}};
}

std::string_view HouseDevices::holder(const std::string& name) const {
  const auto own = own_ + ":" + name;
  for (const auto& [id, device] : house_.devices())
    if (id != own && (id == name || device.name == name)) return id;
  return {};
}

}  // namespace hearth::relay
