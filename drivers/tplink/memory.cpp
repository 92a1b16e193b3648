// Memory as a FlexBuffer: a map of addresses, a map of fields for each.
#include "memory.hpp"

#include <flatbuffers/flexbuffers.h>

namespace tplink {
namespace {

constexpr std::size_t kBytesApart = 48;  // a device's keys, offsets and widths, generously

std::size_t size_of(const std::string& address, const Info& info) {
  return address.size() + info.id.size() + info.alias.size() + info.model.size() + info.kind.size() +
         kBytesApart;
}

Info stable(const Info& info) {
  Info kept = info;
  kept.on.reset();
  kept.rssi.reset();
  return kept;
}

bool same(const Info& a, const Info& b) {
  return a.id == b.id && a.alias == b.alias && a.model == b.model && a.kind == b.kind && a.how == b.how &&
         a.metered == b.metered;
}

Info info_of(flexbuffers::Map fields) {
  Info info;
  info.id = fields["id"].AsString().str();
  info.alias = fields["alias"].AsString().str();
  info.model = fields["model"].AsString().str();
  info.kind = fields["kind"].AsString().str();
  const auto how = fields["switch"].AsInt64();
  if (how >= 0 && how <= static_cast<int>(Switch::kLightStrip)) info.how = static_cast<Switch>(how);
  info.metered = fields["metered"].AsBool();
  return info;
}

}  // namespace

Memory Memory::read(const std::vector<std::uint8_t>& bytes) {
  Memory memory;
  if (bytes.size() < 3 || !flexbuffers::VerifyBuffer(bytes.data(), bytes.size())) return memory;
  const auto all = flexbuffers::GetRoot(bytes.data(), bytes.size()).AsMap();
  const auto addresses = all.Keys();
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    auto info = info_of(all.Values()[i].AsMap());
    if (!info.id.empty()) memory.devices_[addresses[i].AsString().str()] = std::move(info);
  }
  return memory;
}

std::vector<std::uint8_t> Memory::bytes() const {
  flexbuffers::Builder builder;
  std::size_t used = 0;
  const auto root = builder.StartMap();
  for (const auto& [address, info] : devices_) {
    used += size_of(address, info);
    if (used > kMostBytes) break;
    builder.Map(address.c_str(), [&builder, &info = info] {  // spelled out: clang 14 captures no bindings
      builder.String("id", info.id);
      builder.String("alias", info.alias);
      builder.String("model", info.model);
      builder.String("kind", info.kind);
      builder.Int("switch", static_cast<std::int64_t>(info.how));
      builder.Bool("metered", info.metered);
    });
  }
  builder.EndMap(root);
  builder.Finish();
  return builder.GetBuffer();
}

const Info* Memory::find(const std::string& address) const {
  const auto found = devices_.find(address);
  return found == devices_.end() ? nullptr : &found->second;
}

bool Memory::learn(const std::string& address, const Info& info) {
  auto& kept = devices_[address];
  if (same(kept, info)) return false;
  kept = stable(info);
  return true;
}

}  // namespace tplink
