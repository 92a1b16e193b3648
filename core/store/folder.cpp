// The store's folder: who holds it, which files lie in it, and how they change places without being lost.
#include "core/store/folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>
#include <utility>

namespace hearth::store {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kPrivate = S_IRUSR | S_IWUSR;
constexpr const char* kBeside[] = {"-wal", "-shm", "-journal"};

Error failure(const fs::path& path, const char* what, int code) {
  return {ErrorCode::kFailed, path.string() + ": " + what + ": " + std::generic_category().message(code)};
}

fs::path with(const fs::path& path, const std::string& suffix) { return path.string() + suffix; }

std::uintmax_t size_or_zero(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

// Opens with `flags`, sets the mode (the umask is not ours to judge) and, if asked, waits for the disk.
Status touch(const fs::path& path, int flags, bool sync) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, kPrivate);
  if (fd < 0) return failure(path, "can't open", errno);
  int failed = ::fchmod(fd, kPrivate);
  if (failed == 0 && sync) failed = ::fsync(fd);
  const int code = errno;
  ::close(fd);
  if (failed != 0) return failure(path, "can't prepare", code);
  return {};
}

Status move(const fs::path& from, const fs::path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return failure(from, "can't rename", errno);
  return {};
}

std::string utc_now() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  const std::size_t size = std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &parts);
  return std::string(text, size);
}

}  // namespace

Folder::Folder(fs::path path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

Folder::~Folder() { ::close(descriptor_); }

Result<std::unique_ptr<Folder>> Folder::lock(const fs::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return failure(path, "can't open the folder", errno);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    ::close(fd);
    return Error{ErrorCode::kBusy, path.string() + ": another process uses this folder"};
  }
  // Any other failure is a file system without such locks; SQLite's own lock on the database still stands.
  std::error_code error;
  fs::path absolute = fs::absolute(path, error);
  if (error) absolute = path;
  return std::make_unique<Folder>(std::move(absolute), fd);
}

bool Folder::has_good_copy() const { return size_or_zero(good_copy()) > 0; }

bool Folder::lost_database() const {
  if (size_or_zero(database()) > 0) return false;
  // SQLite would delete the log of an empty database.
  return has_good_copy() || size_or_zero(with(database(), "-wal")) > 0;
}

Status Folder::prepare_database() const {
  const bool fresh = size_or_zero(database()) == 0;
  if (Status made = touch(database(), O_RDONLY | O_CREAT, false); !made) return made;
  return fresh ? sync() : Status();
}

void Folder::discard_copy() const {
  std::error_code ignored;  // the next attempt says what is wrong
  fs::remove(unfinished_copy(), ignored);
  fs::remove(with(unfinished_copy(), "-journal"), ignored);
}

Status Folder::prepare_copy() const {
  discard_copy();
  return touch(unfinished_copy(), O_WRONLY | O_CREAT | O_EXCL, false);
}

Status Folder::publish_copy() const {
  if (Status synced = touch(unfinished_copy(), O_RDONLY, true); !synced) return synced;
  if (Status moved = move(unfinished_copy(), good_copy()); !moved) return moved;
  return sync();
}

Result<std::string> Folder::set_database_aside() const {
  const std::string base = database().filename().string() + ".corrupt-" + utc_now();
  std::string name = base;
  std::error_code error;
  for (int n = 2; fs::exists(path_ / name, error) || fs::exists(path_ / (name + "-wal"), error); ++n) {
    name = base + "-" + std::to_string(n);
  }
  if (fs::exists(database(), error)) {
    if (Status moved = move(database(), path_ / name); !moved) return moved.error();
  }
  for (const char* suffix : kBeside) {
    const fs::path beside = with(database(), suffix);
    if (!fs::exists(beside, error)) continue;
    if (Status moved = move(beside, path_ / (name + suffix)); !moved) return moved.error();
  }
  if (Status synced = sync(); !synced) return synced.error();
  return name;
}

Status Folder::promote_good_copy() const {
  if (Status moved = move(good_copy(), database()); !moved) return moved;
  return sync();
}

Status Folder::sync() const {
  if (::fsync(descriptor_) != 0) return failure(path_, "can't write the folder to disk", errno);
  return {};
}

}  // namespace hearth::store
