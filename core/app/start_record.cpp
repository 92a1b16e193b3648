// Read with suspicion, written beside the file and renamed over it.
#include "core/app/start_record.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace hearth::core {

namespace {

constexpr std::size_t kMostBytes = 4096;
constexpr std::size_t kMostStarts = 16;  // kept; far more than it takes

class Fd {
 public:
  explicit Fd(int fd) : fd_(fd) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

Error failure(const std::filesystem::path& file) {
  return {ErrorCode::kFailed, fmt::format("{}: {}", file.string(), std::generic_category().message(errno))};
}

// Up to kMostBytes + 1: one more than may be there.
std::string read_some(int fd) {
  std::array<char, kMostBytes + 1> buffer;
  std::size_t size = 0;
  while (size < buffer.size()) {
    const auto n = read(fd, buffer.data() + size, buffer.size() - size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    size += static_cast<std::size_t>(n);
  }
  return {buffer.data(), size};
}

// The text up to the next newline; nothing if there is none.
std::optional<std::string_view> next_line(std::string_view& text) {
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stopped != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

}  // namespace

StartRecord::StartRecord(std::filesystem::path file, std::string boot_id, Clock now_us)
    : file_(std::move(file)), boot_id_(std::move(boot_id)), now_us_(std::move(now_us)) {}

Result<bool> StartRecord::begin() {
  if (boot_id_.empty()) return false;
  auto starts = bad_starts();
  const bool loop = starts.size() >= kStarts;
  starts.push_back(now_us_());
  if (starts.size() > kMostStarts) starts.erase(starts.begin());
  if (const auto status = write(starts); !status.ok()) return status.error();
  return loop;
}

Status StartRecord::clear() {
  if (unlink(file_.c_str()) == 0 || errno == ENOENT) return {};
  return failure(file_);
}

// Those of this boot and of the last kWithinUs.
std::vector<std::int64_t> StartRecord::bad_starts() const {
  // Neither a link nor a FIFO may lead it elsewhere or keep it waiting.
  const Fd fd(open(file_.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat about {};
  if (fd.get() < 0 || fstat(fd.get(), &about) != 0 || !S_ISREG(about.st_mode)) return {};
  const auto content = read_some(fd.get());
  if (content.size() > kMostBytes) return {};
  std::string_view text = content;
  if (next_line(text) != boot_id_) return {};
  std::vector<std::int64_t> starts;
  const auto now = now_us_();
  while (!text.empty()) {
    const auto line = next_line(text);
    const auto start = line ? number(*line) : std::nullopt;
    if (!start || *start > now || starts.size() == kMostStarts) return {};
    starts.push_back(*start);
  }
  std::erase_if(starts, [now](std::int64_t start) { return now - start > kWithinUs; });
  return starts;
}

Status StartRecord::write(const std::vector<std::int64_t>& starts) const {
  auto text = boot_id_ + "\n";
  for (const auto start : starts) text += fmt::format("{}\n", start);
  auto fresh = file_;
  fresh += ".new";
  unlink(fresh.c_str());  // left by a crash, or put there: O_EXCL makes sure that it is ours
  const Fd fd(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0) return failure(fresh);
  errno = ENOSPC;  // what a short write means
  if (::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      fsync(fd.get()) != 0)
    return failure(fresh);
  if (rename(fresh.c_str(), file_.c_str()) != 0) return failure(file_);
  return {};
}

std::string current_boot_id() {
  const Fd fd(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return {};
  auto id = read_some(fd.get());
  const auto is_known = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'; };
  if (!id.empty() && id.back() == '\n') id.pop_back();
  return id.size() <= 64 && std::all_of(id.begin(), id.end(), is_known) ? id : std::string();
}

}  // namespace hearth::core
