// MessageTraits of programs, the sun and imports: schemas/messages/program.fbs, and home.fbs where it builds
// on it.
#ifndef HEARTH_TRAITS_PROGRAM_HPP
#define HEARTH_TRAITS_PROGRAM_HPP

#include "hearth/codec.hpp"

namespace hearth {

namespace detail {

inline Offset<wire::Program> pack_program(Builder& b, const Program& m) {
  const auto name = b.CreateString(m.name), days = b.CreateString(m.days);
  const auto color = text(b, m.color);
  return wire::CreateProgram(b, name, days, static_cast<wire::ProgramTrigger>(m.trigger), m.time_s,
                             m.offset_min, m.randomize, m.random_min,
                             static_cast<wire::ProgramCommand>(m.command), m.brightness, color);
}

// A trigger or command of a later version is none here.
inline Program unpack_program(const wire::Program& w) {
  const auto trigger = w.trigger() > wire::ProgramTrigger::MAX ? wire::ProgramTrigger::none : w.trigger();
  const auto command = w.command() > wire::ProgramCommand::MAX ? wire::ProgramCommand::none : w.command();
  return {w.name()->str(),
          w.days()->str(),
          static_cast<ProgramTrigger>(trigger),
          w.time_s(),
          w.offset_min(),
          w.randomize(),
          w.random_min(),
          static_cast<ProgramCommand>(command),
          w.brightness(),
          text(w.color())};
}

inline std::vector<std::uint32_t> numbers(const flatbuffers::Vector<std::uint32_t>* list) {
  if (!list) return {};
  return {list->begin(), list->end()};
}

}  // namespace detail

template <>
struct MessageTraits<ProgramDefined> {
  static constexpr std::string_view kName = "hearth.wire.ProgramDefined";
  using Wire = wire::ProgramDefined;
  static Offset<Wire> pack(Builder& b, const ProgramDefined& m) {
    const auto program = detail::pack_program(b, m.program);
    return wire::CreateProgramDefined(b, m.number, program, b.CreateVectorOfStrings(m.devices), m.updated_us);
  }
  static ProgramDefined unpack(const Wire& w) {
    return {w.number(), detail::unpack_program(*w.program()), detail::texts(w.devices()), w.updated_us()};
  }
};

template <>
struct MessageTraits<ProgramRemoved> {
  static constexpr std::string_view kName = "hearth.wire.ProgramRemoved";
  using Wire = wire::ProgramRemoved;
  static Offset<Wire> pack(Builder& b, const ProgramRemoved& m) {
    return wire::CreateProgramRemoved(b, m.number);
  }
  static ProgramRemoved unpack(const Wire& w) { return {w.number()}; }
};

template <>
struct MessageTraits<ProgramWanted> {
  static constexpr std::string_view kName = "hearth.wire.ProgramWanted";
  using Wire = wire::ProgramWanted;
  static Offset<Wire> pack(Builder& b, const ProgramWanted& m) {
    const auto program = detail::pack_program(b, m.program);
    return wire::CreateProgramWanted(b, m.number, program, b.CreateVectorOfStrings(m.devices), m.only_these);
  }
  static ProgramWanted unpack(const Wire& w) {
    return {w.number(), detail::unpack_program(*w.program()), detail::texts(w.devices()), w.only_these()};
  }
};

template <>
struct MessageTraits<ProgramUnwanted> {
  static constexpr std::string_view kName = "hearth.wire.ProgramUnwanted";
  using Wire = wire::ProgramUnwanted;
  static Offset<Wire> pack(Builder& b, const ProgramUnwanted& m) {
    return wire::CreateProgramUnwanted(b, m.number);
  }
  static ProgramUnwanted unpack(const Wire& w) { return {w.number()}; }
};

template <>
struct MessageTraits<ProgramAssignment> {
  static constexpr std::string_view kName = "hearth.wire.ProgramAssignment";
  using Wire = wire::ProgramAssignment;
  static Offset<Wire> pack(Builder& b, const ProgramAssignment& m) {
    return wire::CreateProgramAssignment(b, m.number, b.CreateVectorOfStrings(m.devices), m.assigned);
  }
  static ProgramAssignment unpack(const Wire& w) {
    return {w.number(), detail::texts(w.devices()), w.assigned()};
  }
};

template <>
struct MessageTraits<ProgramAssigned> {
  static constexpr std::string_view kName = "hearth.wire.ProgramAssigned";
  using Wire = wire::ProgramAssigned;
  static Offset<Wire> pack(Builder& b, const ProgramAssigned& m) {
    return wire::CreateProgramAssigned(b, m.number, m.changed, m.unchanged);
  }
  static ProgramAssigned unpack(const Wire& w) { return {w.number(), w.changed(), w.unchanged()}; }
};

template <>
struct MessageTraits<ProgramFired> {
  static constexpr std::string_view kName = "hearth.wire.ProgramFired";
  using Wire = wire::ProgramFired;
  static Offset<Wire> pack(Builder& b, const ProgramFired& m) {
    return wire::CreateProgramFired(b, m.number, b.CreateString(m.name), m.due_us);
  }
  static ProgramFired unpack(const Wire& w) { return {w.number(), w.name()->str(), w.due_us()}; }
};

template <>
struct MessageTraits<SunWanted> {
  static constexpr std::string_view kName = "hearth.wire.SunWanted";
  using Wire = wire::SunWanted;
  static Offset<Wire> pack(Builder& b, const SunWanted& m) {
    return wire::CreateSunWanted(b, b.CreateString(m.date));
  }
  static SunWanted unpack(const Wire& w) { return {w.date()->str()}; }
};

template <>
struct MessageTraits<SunTimes> {
  static constexpr std::string_view kName = "hearth.wire.SunTimes";
  using Wire = wire::SunTimes;
  static Offset<Wire> pack(Builder& b, const SunTimes& m) {
    return wire::CreateSunTimes(b, m.sunrise_us, m.sunset_us, static_cast<wire::Polar>(m.polar));
  }
  static SunTimes unpack(const Wire& w) {
    const auto polar = w.polar() > wire::Polar::MAX ? wire::Polar::no : w.polar();
    return {w.sunrise_us(), w.sunset_us(), static_cast<Polar>(polar)};
  }
};

template <>
struct MessageTraits<GroupMember> {
  static constexpr std::string_view kName = "hearth.wire.GroupMember";
  using Wire = wire::GroupMember;
  static Offset<Wire> pack(Builder& b, const GroupMember& m) {
    return wire::CreateGroupMember(b, m.number, b.CreateString(m.device), m.member);
  }
  static GroupMember unpack(const Wire& w) { return {w.number(), w.device()->str(), w.member()}; }
};

template <>
struct MessageTraits<HouseImport> {
  static constexpr std::string_view kName = "hearth.wire.HouseImport";
  using Wire = wire::HouseImport;
  static Offset<Wire> pack(Builder& b, const HouseImport& m) {
    std::vector<Offset<wire::ImportedDevice>> devices;
    for (const auto& d : m.devices) {
      const auto driver = b.CreateString(d.driver), address = b.CreateString(d.address);
      const auto name = detail::text(b, d.name), location = detail::text(b, d.location);
      devices.push_back(wire::CreateImportedDevice(b, d.number, driver, address, d.channel, name, location));
    }
    std::vector<Offset<wire::ImportedGroup>> groups;
    for (const auto& g : m.groups) {
      const auto name = b.CreateString(g.name);
      groups.push_back(wire::CreateImportedGroup(b, g.number, name, b.CreateVector(g.devices)));
    }
    std::vector<Offset<wire::ImportedProgram>> programs;
    for (const auto& p : m.programs) {
      const auto program = detail::pack_program(b, p.program);
      programs.push_back(wire::CreateImportedProgram(b, p.number, program, b.CreateVector(p.devices)));
    }
    const auto all_devices = b.CreateVector(devices);
    const auto all_groups = b.CreateVector(groups);
    return wire::CreateHouseImport(b, all_devices, all_groups, b.CreateVector(programs));
  }
  static HouseImport unpack(const Wire& w) {
    HouseImport m;
    if (w.devices())
      for (const auto* d : *w.devices())
        m.devices.push_back({d->number(), d->driver()->str(), d->address()->str(), d->channel(),
                             detail::text(d->name()), detail::text(d->location())});
    if (w.groups())
      for (const auto* g : *w.groups())
        m.groups.push_back({g->number(), g->name()->str(), detail::numbers(g->devices())});
    if (w.programs())
      for (const auto* p : *w.programs())
        m.programs.push_back(
            {p->number(), detail::unpack_program(*p->program()), detail::numbers(p->devices())});
    return m;
  }
};

template <>
struct MessageTraits<HouseImported> {
  static constexpr std::string_view kName = "hearth.wire.HouseImported";
  using Wire = wire::HouseImported;
  static Offset<Wire> pack(Builder& b, const HouseImported& m) {
    const auto devices = b.CreateVector(m.devices), groups = b.CreateVector(m.groups);
    return wire::CreateHouseImported(b, devices, groups, b.CreateVector(m.programs));
  }
  static HouseImported unpack(const Wire& w) {
    return {detail::numbers(w.devices()), detail::numbers(w.groups()), detail::numbers(w.programs())};
  }
};

}  // namespace hearth

#endif
