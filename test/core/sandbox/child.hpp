// A child of this test program that enters a sandbox, tries something, and tells how it went.
#ifndef HEARTH_TEST_CORE_SANDBOX_CHILD_HPP
#define HEARTH_TEST_CORE_SANDBOX_CHILD_HPP

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/sandbox/sandbox.hpp"

namespace hearth::core::test {

// A folder of its own, removed with it: state/ (the plugin's), other/ (somebody else's, with secret.txt) and
// plugin.so.
class Place {
 public:
  Place();
  ~Place() { std::filesystem::remove_all(root_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::string path(std::string_view name) const { return (root_ / name).string(); }
  SandboxPlan plan(Permissions permissions = {}) const;

 private:
  std::filesystem::path root_;
};

// What the attempt said, or how the child died ("signal 6"), at the latest after half a minute.
std::string in_child(const std::function<std::string()>& attempt);
// The same, inside the sandbox; "not entered: ..." when that failed.
std::string sandboxed(const SandboxPlan& plan, const std::function<std::string()>& attempt);

// "ok", or the name of errno, of something that is negative when it fails.
inline std::string outcome(long result) { return result >= 0 ? "ok" : strerrorname_np(errno); }
// open(2) and nothing else.
std::string opened(const std::string& path, int flags);
bool write_file(const std::string& path, std::string_view text);

// Tests of files need Landlock: without it they end with a warning.
bool landlock_missing();

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace hearth::core::test

#endif
