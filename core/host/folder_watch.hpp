// FolderWatch: tells which plugin files of some folders have come, changed or gone.
#ifndef HEARTH_CORE_HOST_FOLDER_WATCH_HPP
#define HEARTH_CORE_HOST_FOLDER_WATCH_HPP

#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/log/log.hpp"
#include "core/runtime/event_loop.hpp"

namespace hearth::core {

// Whatever its kind: a folder of that name is one too.
inline bool is_plugin_file(const std::filesystem::path& file) { return file.extension() == ".so"; }
// A link counts, wherever it leads; what can't be looked at is taken to be there.
bool is_there(const std::filesystem::path& file);

// Over inotify(7). Without it the log says so once, and nothing is ever told. Everything: [home].
class FolderWatch {
 public:
  // A file is told when nothing about it has happened for so long: copying, setting rights and renaming are
  // one change.
  static constexpr std::int64_t kQuietUs = 100'000;
  using Changed = std::function<void(const std::filesystem::path& file)>;

  // `folders` are absolute; one that isn't there (any more) is watched as soon as it is, and then everything
  // in it is told. `changed` may be called for a file that is as it was, never within the constructor; of
  // several at once, those that have gone come first. What is written to is told when it is closed, and one
  // that is new by `begun` too, at once.
  FolderWatch(
      EventLoop& loop, Log& log, const std::vector<std::filesystem::path>& folders, Changed changed,
      Changed begun = [](const std::filesystem::path&) {});
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;
  ~FolderWatch();

 private:
  struct Folder {
    std::filesystem::path path;
    int watch = -1;                         // inotify's number of it; -1: it isn't there
    bool complained = false;                // that it can't be watched
    std::set<std::filesystem::path> files;  // that were there when they were last looked at
  };
  // What a folder is watched for: for what is in it, or because the way to a folder leads through `name`.
  struct Use {
    Folder* folder;
    std::string name;  // empty: it is the folder itself
  };
  struct Waiting {
    Folder* folder;
    std::int64_t due_us;
  };

  void arm(Folder& folder);
  int watch(const std::filesystem::path& part, bool is_folder, Folder& folder);
  void read_events();
  void lost_some();
  void happened(Folder& folder, std::uint32_t mask, std::string_view name);
  void tell_all(Folder& folder);
  void touch(Folder& folder, const std::filesystem::path& file);
  void set_timer();
  void tell();

  EventLoop& loop_;
  Log& log_;
  const Changed changed_, begun_;
  int inotify_ = -1;
  hearth_handle watched_ = 0;
  hearth_handle timer_ = 0;
  std::deque<Folder> folders_;
  std::map<int, std::vector<Use>> uses_;  // by inotify's number
  std::int64_t due_us_ = 0;               // of what is read just now: what happens together is told together
  std::map<std::filesystem::path, Waiting> waiting_;
};

}  // namespace hearth::core

#endif
