// Each folder is watched, and every folder on the way to it, so that it may be removed, renamed and made
// anew.
#include "core/host/folder_watch.hpp"

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace hearth::core {

namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kItself = IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::uint32_t kOfFolder =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ATTRIB | kItself;
// Rights too: a folder that may not be read now may be later.
constexpr std::uint32_t kOfWay = IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CREATE | IN_ATTRIB | kItself;

// Of what has just got its name: a regular file with one name is still being written, and is told when it is
// closed. A hard link, a folder, a FIFO and a symbolic link never are.
bool is_complete(const fs::path& file) {
  struct stat status {};
  return lstat(file.c_str(), &status) == 0 && (!S_ISREG(status.st_mode) || status.st_nlink > 1);
}

std::set<fs::path> files_in(const fs::path& folder) {
  std::set<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator file(folder, error), end; !error && file != end; file.increment(error))
    if (is_plugin_file(file->path())) files.insert(file->path());
  return files;
}

}  // namespace

bool is_there(const fs::path& file) {
  struct stat status {};
  return lstat(file.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

FolderWatch::FolderWatch(EventLoop& loop, Log& log, const std::vector<fs::path>& folders, Changed changed,
                         Changed begun)
    : loop_(loop),
      log_(log),
      changed_(std::move(changed)),
      begun_(std::move(begun)),
      inotify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (inotify_ < 0) {
    log_.warning(fmt::format("plugin folders are not watched: {}", std::strerror(errno)));
    return;
  }
  loop_.watch(
      inotify_, HEARTH_READABLE,
      [](void* self, std::uint32_t) { static_cast<FolderWatch*>(self)->read_events(); }, this, &watched_);
  for (const auto& folder : folders) arm(folders_.emplace_back(Folder{folder, -1, false, {}}));
  for (auto& folder : folders_) folder.files = files_in(folder.path);
  waiting_.clear();  // what is there from the beginning is no news
  set_timer();
}

FolderWatch::~FolderWatch() {
  if (inotify_ < 0) return;
  loop_.cancel(watched_);
  loop_.cancel(timer_);
  close(inotify_);
}

// ---- Which folders are watched ------------------------------------------------------------------------

// From the root down: whatever part of the way is missing, the one above it tells when it comes, also while
// this runs.
void FolderWatch::arm(Folder& folder) {
  for (auto& [number, uses] : uses_)
    std::erase_if(uses, [&](const Use& use) { return use.folder == &folder; });
  int own = -1;
  fs::path part;
  for (auto name = folder.path.begin(); name != folder.path.end();) {
    part /= *name++;
    const bool last = name == folder.path.end();
    const int number = watch(part, last, folder);
    if (number >= 0) uses_[number].push_back({&folder, last ? std::string() : name->string()});
    if (last) own = number;
  }
  std::erase_if(uses_, [this](const auto& watched) {
    if (watched.second.empty()) inotify_rm_watch(inotify_, watched.first);
    return watched.second.empty();
  });
  if (std::exchange(folder.watch, own) != own) tell_all(folder);
}

// A folder has one number however often it is watched, and its events add up.
int FolderWatch::watch(const fs::path& part, bool is_folder, Folder& folder) {
  const int number =
      inotify_add_watch(inotify_, part.c_str(), (is_folder ? kOfFolder : kOfWay) | IN_ONLYDIR | IN_MASK_ADD);
  if (number >= 0 || !is_folder || errno == ENOENT || errno == ENOTDIR) return number;
  if (!std::exchange(folder.complained, true))
    log_.warning(fmt::format("plugin folder {} is not watched: {}", part.string(), std::strerror(errno)));
  return number;
}

// ---- What happens in them -----------------------------------------------------------------------------

void FolderWatch::read_events() {
  alignas(inotify_event) std::array<char, 16384> buffer;
  const auto size = read(inotify_, buffer.data(), buffer.size());
  due_us_ = steady_now_us() + kQuietUs;
  std::set<Folder*> moved;
  bool overflow = false;
  for (ssize_t at = 0; at < size;) {
    const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
    at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
    overflow = overflow || (event->mask & IN_Q_OVERFLOW);
    const auto watched = uses_.find(event->wd);
    if (watched == uses_.end()) continue;
    const std::string_view name = event->len > 0 ? event->name : "";  // filled up with zeros
    for (const auto& use : watched->second) {
      if ((event->mask & (kItself | IN_UNMOUNT | IN_IGNORED)) || (!use.name.empty() && use.name == name)) {
        moved.insert(use.folder);
      } else if (use.name.empty()) {
        happened(*use.folder, event->mask, name);
      }
    }
    if (event->mask & IN_IGNORED) uses_.erase(watched);  // the kernel has ended it
  }
  for (auto* folder : moved) arm(*folder);
  if (overflow) lost_some();
  set_timer();
}

void FolderWatch::lost_some() {
  for (auto& folder : folders_) {
    arm(folder);
    tell_all(folder);
  }
}

void FolderWatch::happened(Folder& folder, std::uint32_t mask, std::string_view name) {
  const auto file = folder.path / name;
  if (!is_plugin_file(file)) return;
  if ((mask & IN_CREATE) && !is_complete(file)) return begun_(file);
  touch(folder, file);
}

void FolderWatch::tell_all(Folder& folder) {
  for (const auto& file : folder.files) touch(folder, file);
  for (const auto& file : files_in(folder.path)) touch(folder, file);
}

// ---- Telling ------------------------------------------------------------------------------------------

void FolderWatch::touch(Folder& folder, const fs::path& file) { waiting_[file] = {&folder, due_us_}; }

void FolderWatch::set_timer() {
  if (timer_ != 0 || waiting_.empty()) return;
  const auto next = std::min_element(waiting_.begin(), waiting_.end(), [](const auto& a, const auto& b) {
    return a.second.due_us < b.second.due_us;
  });
  loop_.timer(
      std::max<std::int64_t>(0, next->second.due_us - steady_now_us()), 0,
      [](void* self) { static_cast<FolderWatch*>(self)->tell(); }, this, &timer_);
}

void FolderWatch::tell() {
  timer_ = 0;
  const auto now = steady_now_us();
  std::vector<fs::path> gone, there;
  std::erase_if(waiting_, [&](const auto& waiting) {
    const auto& [file, what] = waiting;
    if (what.due_us > now) return false;
    const bool is = is_there(file);
    (is ? there : gone).push_back(file);
    is ? (void)what.folder->files.insert(file) : (void)what.folder->files.erase(file);
    return true;
  });
  set_timer();
  for (const auto& file : gone) changed_(file);
  for (const auto& file : there) changed_(file);
}

}  // namespace hearth::core
