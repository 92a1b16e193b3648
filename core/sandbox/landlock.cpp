// Landlock by its bare system calls; glibc has no functions for them.
#include "core/sandbox/landlock.hpp"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/system/unique_fd.hpp"

namespace hearth::core {
namespace {

// Newer than the headers of Debian 12 (Linux 6.1); numbers of the kernel's interface.
constexpr std::uint64_t kTruncate = 1u << 14;            // version 3
constexpr std::uint64_t kControlDevice = 1u << 15;       // version 5
constexpr std::uint64_t kScopeAbstractSocket = 1u << 0;  // version 6
constexpr std::uint64_t kScopeSignal = 1u << 1;

// landlock_ruleset_attr as of version 6. An older kernel takes it when what it doesn't know is zero.
struct Ruleset {
  std::uint64_t files = 0;
  std::uint64_t ports = 0;
  std::uint64_t scoped = 0;
};

constexpr std::uint64_t kRead = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t kOneFile =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate | kControlDevice;
constexpr std::uint64_t kOwn = kRead | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                               LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                               LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER | kTruncate;

std::uint64_t known_rights(int version) {
  std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // all of version 1
  if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) rights |= kTruncate;
  if (version >= 5) rights |= kControlDevice;
  return rights;
}

std::uint64_t rights_for(FileUse use) {
  switch (use) {
    case FileUse::kList: return LANDLOCK_ACCESS_FS_READ_DIR;
    case FileUse::kRead: return kRead;
    case FileUse::kDevice: return kOneFile;
    case FileUse::kOwn: return kOwn;
    case FileUse::kGranted: return kOwn | kControlDevice;
  }
  return 0;
}

Error failed(const std::string& what) {
  return {ErrorCode::kFailed, "Landlock: " + what + ": " + std::strerror(errno)};
}

Status add(int ruleset, const FileRule& rule, std::uint64_t known) {
  const UniqueFd target(open(rule.path.c_str(), O_PATH | O_CLOEXEC));
  struct stat status {};
  if (!target || fstat(target.get(), &status) != 0) return {};
  std::uint64_t rights = rights_for(rule.use) & known;
  if (!S_ISDIR(status.st_mode)) rights &= kOneFile;
  if (rights == 0) return {};
  const landlock_path_beneath_attr beneath{rights, target.get()};
  if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0)
    return failed(rule.path);
  return {};
}

}  // namespace

int landlock_version() {
  const long version = syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

Status restrict_files(const std::vector<FileRule>& rules) {
  const int version = landlock_version();
  Ruleset attributes;
  attributes.files = known_rights(version);
  if (version >= 6) attributes.scoped = kScopeAbstractSocket | kScopeSignal;
  const UniqueFd ruleset(
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!ruleset) return failed("no set of rules");
  for (const FileRule& rule : rules)
    if (Status added = add(ruleset.get(), rule, attributes.files); !added) return added;
  if (syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return failed("not in force");
  return {};
}

}  // namespace hearth::core
