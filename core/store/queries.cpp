// The SQL of the store: reads a snapshot, applies one change, saves one state.
#include "core/store/queries.hpp"

#include <Poco/Data/LOB.h>
#include <Poco/Data/Statement.h>
#include <Poco/Nullable.h>
#include <Poco/Tuple.h>

namespace hearth::store {
namespace {

using Poco::Data::BLOB;
using Poco::Data::Session;
using Poco::Data::Keywords::bind;
using Poco::Data::Keywords::into;
using Poco::Data::Keywords::now;
using Bytes = std::vector<std::uint8_t>;

// An empty Poco BLOB hands out the address of nothing, so it travels as NULL; the SQL says ifnull(?, x'').
Poco::Nullable<BLOB> blob(const Bytes& bytes) {
  if (bytes.empty()) return {};
  return BLOB(bytes.data(), bytes.size());
}

Bytes bytes(const BLOB& blob) {
  if (blob.size() == 0) return {};
  return Bytes(blob.rawContent(), blob.rawContent() + blob.size());
}

std::vector<DeviceRow> read_devices(Session& session) {
  using Columns = Poco::Tuple<std::int64_t, std::string, std::string, std::string, std::string, std::string,
                              std::int64_t, bool, bool, BLOB>;
  std::vector<Columns> found;
  session << "SELECT number, id, plugin, name, location, address, channel, wanted, named, declaration"
             " FROM device ORDER BY number",
      into(found), now;
  std::vector<DeviceRow> rows;
  rows.reserve(found.size());
  for (const Columns& c : found) {
    rows.push_back({.number = c.get<0>(),
                    .id = c.get<1>(),
                    .plugin = c.get<2>(),
                    .name = c.get<3>(),
                    .location = c.get<4>(),
                    .address = c.get<5>(),
                    .channel = c.get<6>(),
                    .wanted = c.get<7>(),
                    .named = c.get<8>(),
                    .declaration = bytes(c.get<9>())});
  }
  return rows;
}

std::vector<GroupRow> read_groups(Session& session) {
  std::vector<Poco::Tuple<std::int64_t, std::string>> groups;
  session << "SELECT number, name FROM device_group ORDER BY number", into(groups), now;
  std::vector<Poco::Tuple<std::int64_t, std::int64_t>> members;
  session << "SELECT group_number, device FROM member ORDER BY group_number, position", into(members), now;
  std::vector<GroupRow> rows;
  rows.reserve(groups.size());
  auto member = members.begin();
  for (const auto& group : groups) {
    GroupRow row{.number = group.get<0>(), .name = group.get<1>(), .devices = {}};
    for (; member != members.end() && member->get<0>() == row.number; ++member) {
      row.devices.push_back(member->get<1>());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<ProgramRow> read_programs(Session& session) {
  using Columns = Poco::Tuple<std::int64_t, std::string, std::string, std::string, std::int64_t, std::int64_t,
                              bool, std::int64_t, std::string, std::int64_t, std::string, std::int64_t>;
  std::vector<Columns> found;
  session << "SELECT number, name, days, trigger_by, time_s, offset_min, randomize, random_min, command,"
             " brightness, color, updated_us FROM program ORDER BY number",
      into(found), now;
  std::vector<Poco::Tuple<std::int64_t, std::int64_t>> assigned;
  session << "SELECT program, device FROM assignment ORDER BY program, position", into(assigned), now;
  std::vector<ProgramRow> rows;
  rows.reserve(found.size());
  auto next = assigned.begin();
  for (const Columns& c : found) {
    ProgramRow row{.number = c.get<0>(),
                   .name = c.get<1>(),
                   .days = c.get<2>(),
                   .trigger = c.get<3>(),
                   .time_s = c.get<4>(),
                   .offset_min = c.get<5>(),
                   .randomize = c.get<6>(),
                   .random_min = c.get<7>(),
                   .command = c.get<8>(),
                   .brightness = c.get<9>(),
                   .color = c.get<10>(),
                   .updated_us = c.get<11>(),
                   .devices = {}};
    for (; next != assigned.end() && next->get<0>() == row.number; ++next)
      row.devices.push_back(next->get<1>());
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<FiringRow> read_firings(Session& session) {
  std::vector<Poco::Tuple<std::int64_t, std::int64_t>> found;
  session << "SELECT program, day FROM firing ORDER BY program, day", into(found), now;
  std::vector<FiringRow> rows;
  rows.reserve(found.size());
  for (const auto& firing : found) rows.push_back({firing.get<0>(), firing.get<1>()});
  return rows;
}

std::vector<StateRow> read_states(Session& session) {
  using Columns =
      Poco::Tuple<std::int64_t, std::string, std::string, std::int64_t, std::string, std::int64_t>;
  std::vector<Columns> found;
  session << "SELECT device, capability, reported, reported_us, desired, desired_us FROM state"
             " ORDER BY device, capability",
      into(found), now;
  std::vector<StateRow> rows;
  rows.reserve(found.size());
  for (const Columns& c : found) {
    rows.push_back({.device = c.get<0>(),
                    .capability = c.get<1>(),
                    .reported = c.get<2>(),
                    .reported_us = c.get<3>(),
                    .desired = c.get<4>(),
                    .desired_us = c.get<5>()});
  }
  return rows;
}

std::int64_t next_number(Session& session, const char* table) {
  std::int64_t last = 0;  // stays so while the table never had a row
  session << "SELECT seq FROM sqlite_sequence WHERE name = ?", bind(std::string(table)), into(last), now;
  return last + 1;
}

void put(Session& session, const PutDevice& change) {
  const DeviceRow& row = change.row;
  session << "INSERT INTO device"
             " (number, id, plugin, name, location, address, channel, wanted, named, declaration)"
             " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ifnull(?, x''))"
             " ON CONFLICT (number) DO UPDATE SET id = excluded.id, plugin = excluded.plugin,"
             " name = excluded.name, location = excluded.location, address = excluded.address,"
             " channel = excluded.channel, wanted = excluded.wanted, named = excluded.named,"
             " declaration = excluded.declaration",
      bind(row.number), bind(row.id), bind(row.plugin), bind(row.name), bind(row.location), bind(row.address),
      bind(row.channel), bind(row.wanted), bind(row.named), bind(blob(row.declaration)), now;
}

void put(Session& session, const RemoveDevice& change) {
  session << "DELETE FROM device WHERE number = ?", bind(change.number), now;
}

void put(Session& session, const PutGroup& change) {
  const GroupRow& row = change.row;
  session << "INSERT INTO device_group (number, name) VALUES (?, ?)"
             " ON CONFLICT (number) DO UPDATE SET name = excluded.name",
      bind(row.number), bind(row.name), now;
  session << "DELETE FROM member WHERE group_number = ?", bind(row.number), now;
  std::int64_t position = 0;
  for (const std::int64_t device : row.devices) {
    session << "INSERT INTO member (group_number, device, position) VALUES (?, ?, ?)", bind(row.number),
        bind(device), bind(position), now;
    ++position;
  }
}

void put(Session& session, const RemoveGroup& change) {
  session << "DELETE FROM device_group WHERE number = ?", bind(change.number), now;
}

void put(Session& session, const PutProgram& change) {
  const ProgramRow& row = change.row;
  session << "INSERT INTO program (number, name, days, trigger_by, time_s, offset_min, randomize, random_min,"
             " command, brightness, color, updated_us) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
             " ON CONFLICT (number) DO UPDATE SET name = excluded.name, days = excluded.days,"
             " trigger_by = excluded.trigger_by, time_s = excluded.time_s, offset_min = excluded.offset_min,"
             " randomize = excluded.randomize, random_min = excluded.random_min, command = excluded.command,"
             " brightness = excluded.brightness, color = excluded.color, updated_us = excluded.updated_us",
      bind(row.number), bind(row.name), bind(row.days), bind(row.trigger), bind(row.time_s),
      bind(row.offset_min), bind(row.randomize), bind(row.random_min), bind(row.command),
      bind(row.brightness), bind(row.color), bind(row.updated_us), now;
  if (change.forget_firings) session << "DELETE FROM firing WHERE program = ?", bind(row.number), now;
  session << "DELETE FROM assignment WHERE program = ?", bind(row.number), now;
  std::int64_t position = 0;
  for (const std::int64_t device : row.devices) {
    session << "INSERT INTO assignment (program, device, position) VALUES (?, ?, ?)", bind(row.number),
        bind(device), bind(position), now;
    ++position;
  }
}

void put(Session& session, const RemoveProgram& change) {
  session << "DELETE FROM program WHERE number = ?", bind(change.number), now;
}

void put(Session& session, const PutFiring& change) {
  session << "INSERT OR REPLACE INTO firing (program, day) SELECT number, ? FROM program WHERE number = ?",
      bind(change.row.day), bind(change.row.program), now;
  session << "DELETE FROM firing WHERE program = ? AND sequence NOT IN"
             " (SELECT sequence FROM firing WHERE program = ? ORDER BY sequence DESC LIMIT 32)",
      bind(change.row.program), bind(change.row.program), now;
}

void put(Session& session, const PutPluginData& change) {
  session << "INSERT INTO plugin_data (key, value) VALUES (?, ifnull(?, x''))"
             " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      bind(change.key), bind(blob(change.value)), now;
}

void put(Session& session, const RemovePluginData& change) {
  session << "DELETE FROM plugin_data WHERE key = ?", bind(change.key), now;
}

void put(Session& session, const PutSetting& change) {
  session << "INSERT INTO setting (key, value) VALUES (?, ?)"
             " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      bind(change.key), bind(change.value), now;
}

void put(Session& session, const RemoveSetting& change) {
  session << "DELETE FROM setting WHERE key = ?", bind(change.key), now;
}

void put(Session& session, const PutTogether& change) {
  for (const auto& device : change.devices) put(session, device);
  for (const auto& group : change.groups) put(session, group);
  for (const auto& program : change.programs) put(session, program);
}

}  // namespace

Snapshot read_snapshot(Session& session) {
  Snapshot snapshot;
  snapshot.devices = read_devices(session);
  snapshot.groups = read_groups(session);
  snapshot.states = read_states(session);
  snapshot.programs = read_programs(session);
  snapshot.firings = read_firings(session);
  snapshot.next_device = next_number(session, "device");
  snapshot.next_group = next_number(session, "device_group");
  snapshot.next_program = next_number(session, "program");
  std::vector<Poco::Tuple<std::string, BLOB>> data;
  session << "SELECT key, value FROM plugin_data", into(data), now;
  for (const auto& row : data) snapshot.plugin_data.emplace(row.get<0>(), bytes(row.get<1>()));
  std::vector<Poco::Tuple<std::string, std::string>> settings;
  session << "SELECT key, value FROM setting", into(settings), now;
  for (const auto& row : settings) snapshot.settings.emplace(row.get<0>(), row.get<1>());
  return snapshot;
}

void apply(Session& session, const Change& change) {
  std::visit([&session](const auto& one) { put(session, one); }, change);
}

void save_state(Session& session, const StateRow& row) {
  session << "INSERT INTO state (device, capability, reported, reported_us, desired, desired_us)"
             " SELECT number, ?, ?, ?, ?, ? FROM device WHERE number = ?"
             " ON CONFLICT (device, capability) DO UPDATE SET reported = excluded.reported,"
             " reported_us = excluded.reported_us, desired = excluded.desired,"
             " desired_us = excluded.desired_us",
      bind(row.capability), bind(row.reported), bind(row.reported_us), bind(row.desired),
      bind(row.desired_us), bind(row.device), now;
}

}  // namespace hearth::store
