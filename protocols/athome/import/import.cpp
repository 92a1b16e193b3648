// From the file to the house, and what is said about it.
#include "import.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdlib>

#include "hearth/net/json.hpp"

namespace hearth::athome {

namespace {

constexpr auto kTakeOver = std::chrono::seconds(60);
constexpr std::uint64_t kWorkerKey = 1;
constexpr std::size_t kLargestMessage = 190 * 1024;  // bytes; what a process of its own can send

std::string zone_name() {
  const char* zone = std::getenv("TZ");
  return zone && *zone ? zone : "Europe/London";
}

// What old clients need besides the devices: the original listened everywhere and knew where it stands.
std::string lines_to_add() {
  return concat(
      "To let the old clients reach this server, and programs follow the sun, hearth.toml needs:\n\n"
      "[plugin.athome]\n"
      "listen = \"0.0.0.0:9999\"\n"
      "allow = [\"127.0.0.0/8\", \"192.168.0.0/16\"]   # the networks of your clients: there is no "
      "password\n\n"
      "[home]\n"
      "latitude = 0.0     # as Latitude in AtHomePowerlineServer.conf\n"
      "longitude = 0.0    # as Longitude\n"
      "timezone = \"",
      zone_name(), "\"\n");
}

}  // namespace

struct Import::Job {
  explicit Job(Verb v) : verb(std::move(v)) {}
  Verb verb;
  bool dry_run = false;
  File file;
  Result<Legacy> legacy = Error{};
  Plan plan;
  std::map<std::int64_t, std::uint32_t> renumbered;  // old id -> number, where they differ
};

void Import::run(Verb verb) {
  const auto job = std::make_shared<Job>(std::move(verb));
  const auto& args = job->verb.args();
  std::size_t files = 0, file_at = 0;
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (args[i] == "--dry-run") {
      job->dry_run = true;
    } else if (args[i].starts_with('-')) {
      return job->verb.fail(ErrorCode::kInvalid, "import knows no option " + args[i]);
    } else {
      ++files;
      file_at = i;
    }
  }
  if (files != 1)
    return job->verb.fail(ErrorCode::kInvalid, "import takes one file: import FILE [--dry-run]");
  if (busy_) return job->verb.fail(ErrorCode::kBusy, "another import is under way");
  auto file = job->verb.file(file_at);
  if (!file.ok()) return job->verb.fail(file.error());
  job->file = std::move(*file);
  busy_ = true;
  read(job);
}

void Import::read(const std::shared_ptr<Job>& job) {
  ctx_.loop.work(
      kWorkerKey,
      [job] {
        auto bytes = job->file.read_all(kMaxLegacyFile);
        job->legacy = bytes.ok() ? read_legacy(std::move(*bytes)) : Result<Legacy>(bytes.error());
      },
      [this, job](const Status& status) {
        busy_ = false;
        if (!status.ok()) return job->verb.fail(status.error());
        if (!job->legacy.ok()) return job->verb.fail(job->legacy.error());
        planned(job);
      });
}

void Import::planned(const std::shared_ptr<Job>& job) {
  job->plan = plan_import(*job->legacy, services_.house, services_.is_driver);
  const auto& house = job->plan.house;
  Builder builder;
  if (encode(builder, house).size > kLargestMessage)
    return job->verb.fail(ErrorCode::kInvalid,
                          "it is more than can be taken over at once, about 1000 devices");
  if (job->dry_run || (house.devices.empty() && house.groups.empty() && house.programs.empty()))
    return tell(*job);
  busy_ = true;
  waiting_ = ctx_.bus.request<HouseImported>(
      house, kTakeOver,
      [this, job](const Result<HouseImported>& numbers) {
        busy_ = false;
        if (!numbers.ok()) return job->verb.fail(numbers.error());
        taken(job, *numbers);
      },
      job->verb.cause());
}

void Import::taken(const std::shared_ptr<Job>& job, const HouseImported& numbers) {
  const auto& plan = job->plan;
  bool news = false;
  for (std::size_t i = 0; i < std::min(numbers.devices.size(), plan.old_ids.size()); ++i) {
    const auto number = numbers.devices[i];
    if (plan.old_ids[i] != number) job->renumbered[plan.old_ids[i]] = number;
    news = services_.presets.set(number, plan.presets[i]) || news;
    if (const auto* device = services_.house.find(number)) services_.devices.changed(*device);
  }
  if (!news) return tell(*job);
  waiting_ = services_.save_presets(
      [this, job](const Status& status) { status.ok() ? tell(*job) : job->verb.fail(status.error()); });
}

void Import::tell(Job& job) {
  const auto& plan = job.plan;
  const auto& legacy = *job.legacy;
  std::string text = concat("In the file (schema ", legacy.schema, "): ", legacy.devices.size(), " devices, ",
                            legacy.groups.size(), " groups, ", legacy.programs.size(), " programs, ",
                            plan.assignments, " assignments.\n");
  text += concat(job.dry_run ? "Would be taken over" : "Taken over", ": ", plan.house.devices.size(),
                 " devices (", plan.known_devices, " of them were here), ", plan.house.groups.size(),
                 " groups, ", plan.house.programs.size(), " programs; ",
                 plan.known_groups + plan.known_programs, " were here already.\n");
  for (const auto& note : plan.notes) text += concat("  ", note, "\n");
  for (const auto& [old_id, number] : job.renumbered)
    text += concat("  device ", old_id, " has the number ", number, " here\n");
  text += concat("\n", lines_to_add());

  boost::json::object json;
  json["dry_run"] = job.dry_run;
  json["schema"] = legacy.schema;
  json["devices"] = legacy.devices.size();
  json["groups"] = legacy.groups.size();
  json["programs"] = legacy.programs.size();
  json["assignments"] = plan.assignments;
  json["known"] = {
      {"devices", plan.known_devices}, {"groups", plan.known_groups}, {"programs", plan.known_programs}};
  json["notes"] = boost::json::array(plan.notes.begin(), plan.notes.end());
  auto& numbers = json["numbers"].emplace_object();
  for (const auto& [old_id, number] : job.renumbered) numbers[std::to_string(old_id)] = number;
  json["add"] = lines_to_add();
  job.verb.ok(std::move(text), net::json::to_text(json));
}

}  // namespace hearth::athome
