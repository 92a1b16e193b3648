// What a plugin is granted, whether it may be opened inside the server, and what becomes of one that has
// died.
#include <fmt/format.h>

#include <algorithm>

#include "core/host/host.hpp"

namespace hearth::core {

namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
constexpr std::int64_t kDeathsWithinUs = 600 * kSecondUs;
constexpr std::size_t kMostDeaths = 5;
constexpr std::int64_t kLongestPauseUs = 60 * kSecondUs;

}  // namespace

// What a package installed has all that it wants, unless the owner has named something; others have what is
// named.
Result<Granted> PluginHost::granted(const Entry& of, const Manifest& manifest,
                                    const config::PluginSection& section) const {
  if (section.permissions) return grant(manifest.permissions, *section.permissions);
  if (!of.packaged) return grant(manifest.permissions, {});
  auto all = grant(manifest.permissions, manifest.permissions);
  if (!all.ok()) return all;
  auto files = std::move(all->permissions.files);
  all->permissions = Permissions::everything();
  all->permissions.files = std::move(files);
  return all;
}

// False while that is being found out; then it begins again.
bool PluginHost::may_be_opened(Entry& of, JudgedFile& file) {
  if (of.packaged || of.isolation == config::Isolation::kProcess || of.tried == file.copy) return true;
  set(of, LifeState::kVerified, {});
  const auto copy = file.copy;
  const auto judged = std::make_shared<JudgedFile>(std::move(file));
  of.trial = std::make_unique<Trial>(world_.loop, world_.plugin_host, copy, folders_.state_dir / "data",
                                     [this, &of, judged](const Status& opened) {
                                       of.trial.reset();
                                       of.tried = judged->copy;
                                       opened.ok() ? begin(of, std::move(*judged))
                                                   : set(of, LifeState::kRefused, opened.error().words);
                                     });
  return false;
}

// Its process is gone: it starts again after a pause that doubles, until it has died too often.
void PluginHost::died(Entry& of) {
  const auto now = steady_now_us();
  of.deaths.push_back(now);
  std::erase_if(of.deaths, [now](std::int64_t at) { return now - at > kDeathsWithinUs; });
  const auto count = of.deaths.size();
  if (count >= kMostDeaths)
    return set(
        of, LifeState::kQuarantined,
        fmt::format("{}; it has ended {} times within 10 minutes and isn't started again until its file "
                    "changes or it is enabled",
                    of.reason, count));
  const auto pause = std::min(kLongestPauseUs, kSecondUs << (count - 1));
  of.again = std::make_unique<Later>(world_.loop, pause, [this, &of] {
    const auto running = std::move(of.again);
    ++of.restarts;
    // What ran, not what its file holds by now: that may have been refused.
    auto file = std::exchange(of.last, std::nullopt);
    file ? begin(of, std::move(*file)) : begin(of);
  });
  set(of, LifeState::kUnloaded, fmt::format("{}; it starts again in {} s", of.reason, pause / kSecondUs));
}

}  // namespace hearth::core
