// RequestFiles: descriptors that came with requests, until the plugin that was asked takes them.
#ifndef HEARTH_CORE_RUNTIME_REQUEST_FILES_HPP
#define HEARTH_CORE_RUNTIME_REQUEST_FILES_HPP

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/system/unique_fd.hpp"
#include "hearth/abi.h"
#include "hearth/status.hpp"

namespace hearth::core {

// The name under which the control server is given the server's.
inline constexpr std::string_view kRequestFilesExtension = "hearth.request_files/1";

// They lie beside the messages, not in them: a message is copied freely and small. One in the server, and one
// in each plugin's own process for what the server has sent there. Everything: [any]; the lock is held while
// nobody waits for anything.
class RequestFiles {
 public:
  static constexpr std::size_t kMostOfRequest = 8;
  static constexpr std::size_t kMost = 64;  // of all open requests, those taken too

  struct File {
    std::uint32_t argument = 0;  // which of the request's arguments names it
    UniqueFd fd;
  };
  using List = std::vector<File>;

  // What a request still has, for whoever brought it: its end closes what nobody has taken. Move-only; it
  // ends before the RequestFiles.
  class Lease {
   public:
    Lease() = default;
    Lease(Lease&& other) noexcept { *this = std::move(other); }
    Lease& operator=(Lease&& other) noexcept {
      std::swap(files_, other.files_);
      std::swap(request_, other.request_);
      std::swap(count_, other.count_);
      return *this;
    }
    ~Lease() {
      if (files_) files_->end(request_);
    }
    std::size_t count() const { return count_; }  // as many as it came with

   private:
    friend class RequestFiles;
    Lease(RequestFiles& files, std::uint64_t request, std::size_t count)
        : files_(&files), request_(request), count_(count) {}

    RequestFiles* files_ = nullptr;
    std::uint64_t request_ = 0;
    std::size_t count_ = 0;
  };

  RequestFiles() = default;
  RequestFiles(const RequestFiles&) = delete;
  RequestFiles& operator=(const RequestFiles&) = delete;

  // Keeps them for `owner` (the word of the verbs that it brings) until `until_us` (steady). Otherwise they
  // are closed: HEARTH_BUSY when there are too many, HEARTH_INVALID when there are too many of one request or
  // it has some already.
  hearth_status keep(std::uint64_t request, std::string owner, List files, std::int64_t until_us);

  // The same for a request that `send` sends, yielding its id, or 0 when it couldn't: whoever gets the
  // request finds its files, however fast. `send` may not come back here. No files: it is only sent.
  Result<Lease> send_with(std::string owner, List files, std::int64_t until_us,
                          const std::function<std::uint64_t()>& send);

  // HEARTH_OK: `*fd` is the caller's. HEARTH_STALE: taken already, or nothing (any more) came with it;
  // HEARTH_INVALID: that argument is no file; HEARTH_DENIED: it is another's; HEARTH_BUSY: the process has no
  // descriptor left, later perhaps.
  hearth_status take(std::uint64_t request, std::string_view owner, std::uint32_t argument, std::int32_t* fd);
  // All that are left, for another process. Empty: none, or not this owner's.
  List take_all(std::uint64_t request, std::string_view owner);

  // The request was answered, or nobody waits for it: what is left is closed.
  void end(std::uint64_t request);
  // Closes what is past its time. When the next will be (steady); 0: there is none.
  std::int64_t expire(std::int64_t now_us);

  // Whether there is anything at all: cheap enough to be asked with each answer.
  bool any() const { return open_.load(std::memory_order_relaxed) != 0; }

 private:
  struct Open {
    std::string owner;
    std::int64_t until_us = 0;
    List files;  // one that was taken stays, without its descriptor
  };

  hearth_status add(std::uint64_t request, Open& open);
  Open* find(std::uint64_t request);

  std::mutex mutex_;  // the control server, home and the plugins' threads meet here
  std::map<std::uint64_t, Open> requests_;
  std::size_t count_ = 0;  // of descriptors, taken or not
  std::atomic<std::size_t> open_{0};
};

}  // namespace hearth::core

#endif
