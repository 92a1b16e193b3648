// What the store's tests share: a folder of their own, ears for problems and answers, an opened store.
#include "test/core/store/fixture.hpp"

#include <stdlib.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <thread>

namespace hearth::store::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::string name = (fs::temp_directory_path() / ("hearth-store-" + std::string(6, 'X'))).string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::vector<std::string> TemporaryFolder::names(const std::string& prefix) const {
  std::vector<std::string> found;
  for (const auto& entry : fs::directory_iterator(path_)) {
    std::string name = entry.path().filename().string();
    if (name.rfind(prefix, 0) == 0) found.push_back(std::move(name));
  }
  std::sort(found.begin(), found.end());
  return found;
}

OnProblem into(Problems& problems) {
  return [&problems](std::string words) { problems.add(std::move(words)); };
}

Done into(Answers& answers) {
  return [&answers](Status status) { answers.add(std::move(status)); };
}

std::unique_ptr<Store> open(const TemporaryFolder& folder, Problems& problems, Options options) {
  Result<std::unique_ptr<Store>> store = Store::open(folder.path(), into(problems), std::move(options));
  if (!store) FAIL(store.error().words);
  return std::move(*store);
}

Status write(Store& store, Change change) {
  Answers answers;
  store.write(std::move(change), into(answers));
  const std::vector<Status> answered = answers.wait_for(1);
  REQUIRE(answered.size() == 1);
  return answered.front();
}

bool wait_until(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

DeviceRow device(std::int64_t number) {
  return {.number = number,
          .id = "lamp-" + std::to_string(number),
          .plugin = "simulated",
          .name = "Lamp " + std::to_string(number),
          .location = "Küche",
          .address = "127.0.0.1",
          .channel = number % 3,
          .wanted = number % 2 == 0,
          .named = number % 2 == 1,
          .declaration = {0, 1, 255, static_cast<std::uint8_t>(number)}};
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

void overwrite(const fs::path& file, const std::string& content) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << content;
  REQUIRE(out.flush());
}

}  // namespace hearth::store::test
