// Keeping, handing out, and closing: always after the lock is given back, because closing may take its time.
#include "core/runtime/request_files.hpp"

#include <algorithm>

#include "core/runtime/event_loop.hpp"

namespace hearth::core {

// What is kept is moved out of `open`.
hearth_status RequestFiles::add(std::uint64_t request, Open& open) {
  const auto count = open.files.size();
  if (count > kMostOfRequest || requests_.contains(request)) return HEARTH_INVALID;
  if (count_ + count > kMost) return HEARTH_BUSY;
  requests_[request] = std::move(open);
  count_ += count;
  open_.store(requests_.size(), std::memory_order_relaxed);
  return HEARTH_OK;
}

hearth_status RequestFiles::keep(std::uint64_t request, std::string owner, List files,
                                 std::int64_t until_us) {
  expire(steady_now_us());
  Open open{std::move(owner), until_us, std::move(files)};
  const std::lock_guard lock(mutex_);
  return add(request, open);
}

Result<RequestFiles::Lease> RequestFiles::send_with(std::string owner, List files, std::int64_t until_us,
                                                    const std::function<std::uint64_t()>& send) {
  const auto count = files.size();
  if (count == 0) {
    send();
    return Lease();
  }
  Open open{std::move(owner), until_us, std::move(files)};
  if (count > kMostOfRequest) return Error{ErrorCode::kInvalid, "more than 8 files"};
  const std::lock_guard lock(mutex_);
  if (count_ + count > kMost) return Error{ErrorCode::kBusy, "too many files are being handed over already"};
  const auto request = send();
  if (request == 0 || add(request, open) != HEARTH_OK) return Lease();
  return Lease(*this, request, count);
}

// Under the lock.
RequestFiles::Open* RequestFiles::find(std::uint64_t request) {
  const auto found = requests_.find(request);
  return found == requests_.end() || found->second.until_us <= steady_now_us() ? nullptr : &found->second;
}

hearth_status RequestFiles::take(std::uint64_t request, std::string_view owner, std::uint32_t argument,
                                 std::int32_t* fd) {
  const std::lock_guard lock(mutex_);
  auto* open = find(request);
  if (!open) return HEARTH_STALE;
  if (open->owner != owner) return HEARTH_DENIED;
  const auto file = std::find_if(open->files.begin(), open->files.end(),
                                 [argument](const File& f) { return f.argument == argument; });
  if (file == open->files.end()) return HEARTH_INVALID;
  if (!file->fd) return HEARTH_STALE;
  *fd = file->fd.release();
  return HEARTH_OK;
}

RequestFiles::List RequestFiles::take_all(std::uint64_t request, std::string_view owner) {
  const std::lock_guard lock(mutex_);
  List all;
  auto* open = find(request);
  if (!open || open->owner != owner) return all;
  for (auto& file : open->files)
    if (file.fd) all.push_back({file.argument, std::exchange(file.fd, UniqueFd())});
  return all;
}

void RequestFiles::end(std::uint64_t request) {
  decltype(requests_)::node_type ended;
  const std::lock_guard lock(mutex_);
  ended = requests_.extract(request);
  if (ended.empty()) return;
  count_ -= ended.mapped().files.size();
  open_.store(requests_.size(), std::memory_order_relaxed);
}

std::int64_t RequestFiles::expire(std::int64_t now_us) {
  std::vector<Open> ended;
  std::int64_t next = 0;
  const std::lock_guard lock(mutex_);
  for (auto each = requests_.begin(); each != requests_.end();) {
    auto& open = each->second;
    if (open.until_us > now_us) {
      next = next == 0 ? open.until_us : std::min(next, open.until_us);
      ++each;
      continue;
    }
    count_ -= open.files.size();
    ended.push_back(std::move(open));
    each = requests_.erase(each);
  }
  open_.store(requests_.size(), std::memory_order_relaxed);
  return next;
}

}  // namespace hearth::core
