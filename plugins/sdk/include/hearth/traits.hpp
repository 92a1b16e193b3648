// MessageTraits of hearth's own messages: one pack and one unpack each, in the order of
// schemas/messages/*.fbs.
#ifndef HEARTH_TRAITS_HPP
#define HEARTH_TRAITS_HPP

#include "hearth/codec.hpp"

namespace hearth {

template <>
struct MessageTraits<DeviceDeclared> {
  static constexpr std::string_view kName = "hearth.wire.DeviceDeclared";
  using Wire = wire::DeviceDeclared;

  static Offset<Wire> pack(Builder& b, const DeviceDeclared& m) {
    std::vector<Offset<wire::Capability>> capabilities;
    capabilities.reserve(m.capabilities.size());
    for (const auto& c : m.capabilities) {
      const auto name = b.CreateString(c.name);
      const auto unit = detail::text(b, c.unit);
      capabilities.push_back(wire::CreateCapability(b, name, static_cast<wire::ValueType>(c.type), unit,
                                                    c.min, c.max, c.writable));
    }
    const auto device = b.CreateString(m.device);
    const auto name = detail::text(b, m.name), location = detail::text(b, m.location),
               address = detail::text(b, m.address), kind = detail::text(b, m.kind);
    const auto list = b.CreateVector(capabilities);
    const auto reason = detail::text(b, m.reason), replaces = detail::text(b, m.replaces);
    return wire::CreateDeviceDeclared(b, device, m.number, name, location, address, m.channel, kind, list,
                                      m.reachable, reason, replaces);
  }

  static DeviceDeclared unpack(const Wire& w) {
    DeviceDeclared m{w.device()->str(),
                     w.number(),
                     detail::text(w.name()),
                     detail::text(w.location()),
                     detail::text(w.address()),
                     w.channel(),
                     detail::text(w.kind()),
                     {},
                     w.reachable(),
                     detail::text(w.reason()),
                     detail::text(w.replaces())};
    if (!w.capabilities()) return m;
    for (const auto* c : *w.capabilities()) {
      auto type = static_cast<ValueType>(c->type());
      if (type > ValueType::kColor) type = ValueType::kNone;
      Capability capability(c->name()->str(), type, detail::text(c->unit()), c->writable());
      m.capabilities.push_back(std::move(capability.range(c->min(), c->max())));
    }
    return m;
  }
};

template <>
struct MessageTraits<DeviceRemoved> {
  static constexpr std::string_view kName = "hearth.wire.DeviceRemoved";
  using Wire = wire::DeviceRemoved;
  static Offset<Wire> pack(Builder& b, const DeviceRemoved& m) {
    return wire::CreateDeviceRemoved(b, b.CreateString(m.device));
  }
  static DeviceRemoved unpack(const Wire& w) { return {w.device()->str()}; }
};

template <>
struct MessageTraits<DeviceReachable> {
  static constexpr std::string_view kName = "hearth.wire.DeviceReachable";
  using Wire = wire::DeviceReachable;
  static Offset<Wire> pack(Builder& b, const DeviceReachable& m) {
    const auto device = b.CreateString(m.device);
    return wire::CreateDeviceReachable(b, device, m.reachable, detail::text(b, m.reason));
  }
  static DeviceReachable unpack(const Wire& w) {
    return {w.device()->str(), w.reachable(), detail::text(w.reason())};
  }
};

template <>
struct MessageTraits<DeviceWanted> {
  static constexpr std::string_view kName = "hearth.wire.DeviceWanted";
  using Wire = wire::DeviceWanted;
  static Offset<Wire> pack(Builder& b, const DeviceWanted& m) {
    const auto driver = b.CreateString(m.driver), address = b.CreateString(m.address);
    const auto name = detail::text(b, m.name), location = detail::text(b, m.location);
    return wire::CreateDeviceWanted(b, driver, address, m.channel, name, location, m.number, m.only_if_found);
  }
  static DeviceWanted unpack(const Wire& w) {
    return {w.driver()->str(),          w.address()->str(), w.channel(),      detail::text(w.name()),
            detail::text(w.location()), w.number(),         w.only_if_found()};
  }
};

template <>
struct MessageTraits<DeviceUnwanted> {
  static constexpr std::string_view kName = "hearth.wire.DeviceUnwanted";
  using Wire = wire::DeviceUnwanted;
  static Offset<Wire> pack(Builder& b, const DeviceUnwanted& m) {
    return wire::CreateDeviceUnwanted(b, b.CreateString(m.device));
  }
  static DeviceUnwanted unpack(const Wire& w) { return {w.device()->str()}; }
};

template <>
struct MessageTraits<DevicesSought> {
  static constexpr std::string_view kName = "hearth.wire.DevicesSought";
  using Wire = wire::DevicesSought;
  static Offset<Wire> pack(Builder& b, const DevicesSought& m) {
    return wire::CreateDevicesSought(b, detail::text(b, m.driver), m.bring_back);
  }
  static DevicesSought unpack(const Wire& w) { return {detail::text(w.driver()), w.bring_back()}; }
};

template <>
struct MessageTraits<DevicesFound> {
  static constexpr std::string_view kName = "hearth.wire.DevicesFound";
  using Wire = wire::DevicesFound;
  static Offset<Wire> pack(Builder& b, const DevicesFound& m) {
    std::vector<Offset<wire::FoundDevice>> devices;
    devices.reserve(m.devices.size());
    for (const auto& d : m.devices) {
      const auto device = b.CreateString(d.device);
      const auto name = detail::text(b, d.name), address = detail::text(b, d.address),
                 kind = detail::text(b, d.kind), model = detail::text(b, d.model);
      devices.push_back(wire::CreateFoundDevice(b, device, name, address, kind, model, d.channels));
    }
    const auto list = b.CreateVector(devices);
    return wire::CreateDevicesFound(b, list, b.CreateVectorOfStrings(m.failures));
  }
  static DevicesFound unpack(const Wire& w) {
    DevicesFound m{{}, detail::texts(w.failures())};
    if (!w.devices()) return m;
    for (const auto* d : *w.devices())
      m.devices.push_back({d->device()->str(), detail::text(d->name()), detail::text(d->address()),
                           detail::text(d->kind()), detail::text(d->model()), d->channels()});
    return m;
  }
};

template <>
struct MessageTraits<DeviceTaken> {
  static constexpr std::string_view kName = "hearth.wire.DeviceTaken";
  using Wire = wire::DeviceTaken;
  static Offset<Wire> pack(Builder& b, const DeviceTaken& m) {
    return wire::CreateDeviceTaken(b, b.CreateString(m.device), m.number);
  }
  static DeviceTaken unpack(const Wire& w) { return {w.device()->str(), w.number()}; }
};

template <>
struct MessageTraits<Command> {
  static constexpr std::string_view kName = "hearth.wire.Command";
  using Wire = wire::Command;
  static Offset<Wire> pack(Builder& b, const Command& m) {
    const auto device = b.CreateString(m.device), capability = b.CreateString(m.capability);
    const auto value = detail::pack_value(b, m.value);
    return wire::CreateCommand(b, device, capability, detail::wire_type(m.value), value, m.deadline_ms);
  }
  static Command unpack(const Wire& w) {
    return {w.device()->str(), w.capability()->str(), detail::unpack_value(w), w.deadline_ms()};
  }
};

template <>
struct MessageTraits<CommandDone> {
  static constexpr std::string_view kName = "hearth.wire.CommandDone";
  using Wire = wire::CommandDone;
  static Offset<Wire> pack(Builder& b, const CommandDone& m) {
    const auto device = b.CreateString(m.device), capability = b.CreateString(m.capability);
    const auto words = detail::text(b, m.words);
    return wire::CreateCommandDone(b, device, capability, static_cast<wire::Outcome>(m.outcome), words);
  }
  static CommandDone unpack(const Wire& w) {
    const auto outcome = w.outcome() > wire::Outcome::MAX ? wire::Outcome::error : w.outcome();
    return {w.device()->str(), w.capability()->str(), static_cast<Outcome>(outcome), detail::text(w.words())};
  }
};

template <>
struct MessageTraits<StateChanged> {
  static constexpr std::string_view kName = "hearth.wire.StateChanged";
  using Wire = wire::StateChanged;
  static Offset<Wire> pack(Builder& b, const StateChanged& m) {
    const auto device = b.CreateString(m.device), capability = b.CreateString(m.capability);
    const auto value = detail::pack_value(b, m.value);
    return wire::CreateStateChanged(b, device, capability, detail::wire_type(m.value), value);
  }
  static StateChanged unpack(const Wire& w) {
    return {w.device()->str(), w.capability()->str(), detail::unpack_value(w)};
  }
};

template <>
struct MessageTraits<StatusChanged> {
  static constexpr std::string_view kName = "hearth.wire.StatusChanged";
  using Wire = wire::StatusChanged;
  static Offset<Wire> pack(Builder& b, const StatusChanged& m) {
    const auto subject = b.CreateString(m.subject);
    const auto words = detail::text(b, m.words);
    return wire::CreateStatusChanged(b, subject, static_cast<wire::StatusClass>(m.status), m.code, words);
  }
  static StatusChanged unpack(const Wire& w) {
    const auto status = w.class_() > wire::StatusClass::MAX ? wire::StatusClass::error : w.class_();
    return {w.subject()->str(), static_cast<StatusClass>(status), w.code(), detail::text(w.words())};
  }
};

template <>
struct MessageTraits<GroupDefined> {
  static constexpr std::string_view kName = "hearth.wire.GroupDefined";
  using Wire = wire::GroupDefined;
  static Offset<Wire> pack(Builder& b, const GroupDefined& m) {
    const auto name = b.CreateString(m.name);
    return wire::CreateGroupDefined(b, m.number, name, b.CreateVectorOfStrings(m.devices));
  }
  static GroupDefined unpack(const Wire& w) {
    return {w.number(), w.name()->str(), detail::texts(w.devices())};
  }
};

template <>
struct MessageTraits<GroupRemoved> {
  static constexpr std::string_view kName = "hearth.wire.GroupRemoved";
  using Wire = wire::GroupRemoved;
  static Offset<Wire> pack(Builder& b, const GroupRemoved& m) {
    return wire::CreateGroupRemoved(b, m.number);
  }
  static GroupRemoved unpack(const Wire& w) { return {w.number()}; }
};

template <>
struct MessageTraits<GroupWanted> {
  static constexpr std::string_view kName = "hearth.wire.GroupWanted";
  using Wire = wire::GroupWanted;
  static Offset<Wire> pack(Builder& b, const GroupWanted& m) {
    const auto name = b.CreateString(m.name);
    return wire::CreateGroupWanted(b, m.number, name, b.CreateVectorOfStrings(m.devices), m.keep_devices);
  }
  static GroupWanted unpack(const Wire& w) {
    return {w.number(), w.name()->str(), detail::texts(w.devices()), w.keep_devices()};
  }
};

template <>
struct MessageTraits<GroupUnwanted> {
  static constexpr std::string_view kName = "hearth.wire.GroupUnwanted";
  using Wire = wire::GroupUnwanted;
  static Offset<Wire> pack(Builder& b, const GroupUnwanted& m) {
    return wire::CreateGroupUnwanted(b, m.number);
  }
  static GroupUnwanted unpack(const Wire& w) { return {w.number()}; }
};

template <>
struct MessageTraits<StorePut> {
  static constexpr std::string_view kName = "hearth.wire.StorePut";
  using Wire = wire::StorePut;
  static Offset<Wire> pack(Builder& b, const StorePut& m) {
    return wire::CreateStorePut(b, b.CreateVector(m.data));
  }
  static StorePut unpack(const Wire& w) {
    if (!w.data()) return {};
    return {std::vector<std::uint8_t>(w.data()->begin(), w.data()->end())};
  }
};

template <>
struct MessageTraits<PluginState> {
  static constexpr std::string_view kName = "hearth.wire.PluginState";
  using Wire = wire::PluginState;
  static Offset<Wire> pack(Builder& b, const PluginState& m) {
    const auto plugin = b.CreateString(m.plugin), state = b.CreateString(m.state);
    const auto version = detail::text(b, m.version), kind = detail::text(b, m.kind),
               reason = detail::text(b, m.reason);
    return wire::CreatePluginState(b, plugin, version, kind, state, reason);
  }
  static PluginState unpack(const Wire& w) {
    return {w.plugin()->str(), detail::text(w.version()), detail::text(w.kind()), w.state()->str(),
            detail::text(w.reason())};
  }
};

template <>
struct MessageTraits<PluginNote> {
  static constexpr std::string_view kName = "hearth.wire.PluginNote";
  using Wire = wire::PluginNote;
  static Offset<Wire> pack(Builder& b, const PluginNote& m) {
    const auto key = b.CreateString(m.key), value = b.CreateString(m.value);
    return wire::CreatePluginNote(b, detail::text(b, m.plugin), key, value);
  }
  static PluginNote unpack(const Wire& w) {
    return {detail::text(w.plugin()), w.key()->str(), w.value()->str()};
  }
};

template <>
struct MessageTraits<Sync> {
  static constexpr std::string_view kName = "hearth.wire.Sync";
  using Wire = wire::Sync;
  static Offset<Wire> pack(Builder& b, const Sync&) { return wire::CreateSync(b); }
  static Sync unpack(const Wire&) { return {}; }
};

template <>
struct MessageTraits<VerbCall> {
  static constexpr std::string_view kName = "hearth.wire.VerbCall";
  using Wire = wire::VerbCall;
  static Offset<Wire> pack(Builder& b, const VerbCall& m) {
    const auto word = b.CreateString(m.word), verb = b.CreateString(m.verb);
    return wire::CreateVerbCall(b, word, verb, b.CreateVectorOfStrings(m.args));
  }
  static VerbCall unpack(const Wire& w) {
    return {w.word()->str(), w.verb()->str(), detail::texts(w.args())};
  }
};

template <>
struct MessageTraits<VerbProgress> {
  static constexpr std::string_view kName = "hearth.wire.VerbProgress";
  using Wire = wire::VerbProgress;
  static Offset<Wire> pack(Builder& b, const VerbProgress& m) {
    return wire::CreateVerbProgress(b, b.CreateString(m.text));
  }
  static VerbProgress unpack(const Wire& w) { return {w.text()->str()}; }
};

template <>
struct MessageTraits<VerbResult> {
  static constexpr std::string_view kName = "hearth.wire.VerbResult";
  using Wire = wire::VerbResult;
  static Offset<Wire> pack(Builder& b, const VerbResult& m) {
    const auto text = detail::text(b, m.text);
    return wire::CreateVerbResult(b, text, detail::text(b, m.json));
  }
  static VerbResult unpack(const Wire& w) { return {detail::text(w.text()), detail::text(w.json())}; }
};

}  // namespace hearth

#include "hearth/traits_program.hpp"

#endif
