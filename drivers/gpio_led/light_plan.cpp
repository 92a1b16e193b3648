// Reading the configuration's tables.
#include "light_plan.hpp"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "status_light.hpp"

namespace gpio_led {
namespace {

using hearth::Config;
using hearth::drivers::GpioDrive;
using hearth::drivers::GpioRequest;

bool fit_for_id(const std::string& text) {
  return !text.empty() &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

// `line = 17` and `line = "STATUS_LED"`.
std::string text_or_number(const Config& table, const std::string& key) {
  if (!table.has(key)) return {};
  try {
    return std::to_string(table.integer(key));
  } catch (const std::runtime_error&) {
    return table.text(key);
  }
}

GpioDrive drive_of(const Config& table) {
  const auto word = table.text("drive", "push_pull");
  if (word == "open_drain") return GpioDrive::kOpenDrain;
  if (word == "open_source") return GpioDrive::kOpenSource;
  return GpioDrive::kPushPull;
}

AtExit at_exit_of(const Config& table) {
  const auto word = table.text("at_exit", "off");
  if (word == "keep") return AtExit::kKeep;
  return word == "on" ? AtExit::kOn : AtExit::kOff;
}

// The keys under which the lines stand.
std::vector<std::string> line_keys(const Config& table, const std::string& device) {
  std::vector<std::string> colours = {"red", "green", "blue"};
  const auto given = std::count_if(colours.begin(), colours.end(), [&](auto& key) { return table.has(key); });
  if (given == 0 && table.has("line")) return {"line"};
  if (given == 3 && !table.has("line")) return colours;
  throw std::runtime_error(device + "it needs either line, or red, green and blue");
}

void read_lines(const Config& table, const std::string& device, LightPlan& plan) {
  GpioRequest request;
  request.chip = text_or_number(table, "chip");
  request.active_low = table.flag("active_low", false);
  request.drive = drive_of(table);
  request.consumer = "hearth:" + plan.id;
  plan.address = request.chip;
  for (const auto& key : line_keys(table, device)) {
    request.line = text_or_number(table, key);
    if (request.chip.empty() && request.line.find_first_not_of("0123456789") == std::string::npos)
      throw std::runtime_error(device + key + " = " + request.line + " is an offset, which needs a chip");
    plan.address += (plan.address.empty() ? "" : ":") + request.line;
    plan.lines.push_back(request);
  }
}

void read_status(const Config& table, const std::string& device, LightPlan& plan) {
  plan.shows = table.text("shows", "");
  const auto word = table.text("shows_class", "");
  if (word.empty()) return;
  if (plan.shows.empty()) throw std::runtime_error(device + "shows_class needs shows");
  plan.shows_class = hearth::drivers::status_class(word);
  if (!plan.shows_class) throw std::runtime_error(device + "no such class: '" + word + "'");
}

LightPlan read(const Config& table) {
  LightPlan plan;
  plan.id = table.text("id");
  if (!fit_for_id(plan.id)) throw std::runtime_error("not fit for an id: '" + plan.id + "'");
  const auto device = "device '" + plan.id + "': ";
  plan.name = table.text("name", plan.id);
  plan.location = table.text("location", "");
  plan.on_at_start = table.text("at_start", "off") == "on";
  plan.at_exit = at_exit_of(table);
  plan.on = std::chrono::milliseconds(table.integer("on_ms", 500));
  plan.off = std::chrono::milliseconds(table.integer("off_ms", 500));
  read_lines(table, device, plan);
  read_status(table, device, plan);
  return plan;
}

}  // namespace

std::vector<LightPlan> light_plans(const Config& config) {
  std::vector<LightPlan> plans;
  std::set<std::string> ids;
  for (const auto& table : config.tables("device")) {
    plans.push_back(read(table));
    if (!ids.insert(plans.back().id).second)
      throw std::runtime_error("two devices have the id '" + plans.back().id + "'");
  }
  return plans;
}

}  // namespace gpio_led
