// What the store's tests share: a folder of their own, ears for problems and answers, an opened store.
#ifndef HEARTH_TEST_CORE_STORE_FIXTURE_HPP
#define HEARTH_TEST_CORE_STORE_FIXTURE_HPP

#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/store/store.hpp"

namespace hearth::store::test {

// Removed with all that is in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path database() const { return path_ / "hearth.db"; }
  std::filesystem::path log() const { return path_ / "hearth.db-wal"; }
  std::filesystem::path good_copy() const { return path_ / "hearth.db.good"; }
  // The files whose name begins so.
  std::vector<std::string> names(const std::string& prefix) const;

 private:
  std::filesystem::path path_;
};

// Collects what arrives on any thread; waiting ends the test after ten seconds.
template <class Item>
class Collected {
 public:
  void add(Item item) {
    const std::lock_guard lock(mutex_);
    items_.push_back(std::move(item));
    arrived_.notify_all();
  }
  std::vector<Item> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    arrived_.wait_for(lock, std::chrono::seconds(10), [&] { return items_.size() >= count; });
    return items_;
  }
  std::vector<Item> all() { return wait_for(0); }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::vector<Item> items_;
};

using Problems = Collected<std::string>;
using Answers = Collected<Status>;

OnProblem into(Problems& problems);
Done into(Answers& answers);

// Fails the test when it can't be opened.
std::unique_ptr<Store> open(const TemporaryFolder& folder, Problems& problems, Options options = {});
// Writes and waits for the answer.
Status write(Store& store, Change change);

// False after ten seconds.
bool wait_until(const std::function<bool()>& condition);

DeviceRow device(std::int64_t number);

std::string content(const std::filesystem::path& file);
void overwrite(const std::filesystem::path& file, const std::string& content);

}  // namespace hearth::store::test

#endif
