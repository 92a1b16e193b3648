// RequestFiles: who gets which file, how many there may be, and that nothing stays open.
#include "core/runtime/request_files.hpp"

#include <catch2/catch.hpp>
#include <thread>

#include "core/runtime/event_loop.hpp"
#include "test/core/runtime/open_files.hpp"

using namespace hearth;
using namespace hearth::core;
using namespace hearth::core::test;

namespace {

constexpr std::uint64_t kRequest = 77;
constexpr const char* kWord = "lamps";

std::int64_t later() { return steady_now_us() + 600'000'000; }

// What take says, and what stands in the file it gives.
struct Taken {
  Taken(RequestFiles& files, std::uint64_t request, std::uint32_t argument,
        const std::string& owner = kWord) {
    std::int32_t raw = -1;
    status = files.take(request, owner, argument, &raw);
    fd = UniqueFd(raw);
  }
  std::string content() const { return content_of(fd.get()); }
  hearth_status status;
  UniqueFd fd;
};

std::size_t room_left(RequestFiles& files) {
  std::size_t room = 0;
  for (std::uint64_t i = 0; files.keep(1000 + i, kWord, files_with({"x"}), later()) == HEARTH_OK; ++i) ++room;
  for (std::uint64_t i = 0; i < room; ++i) files.end(1000 + i);
  return room;
}

}  // namespace

TEST_CASE("each file is given to whoever was asked, once, by its argument") {
  RequestFiles files;
  REQUIRE(files.keep(kRequest, kWord, files_with({"zero", "one"}), later()) == HEARTH_OK);
  CHECK(files.any());
  CHECK(Taken(files, kRequest, 1).content() == "one");
  CHECK(Taken(files, kRequest, 0).content() == "zero");
  CHECK(Taken(files, kRequest, 0).status == HEARTH_STALE);
  CHECK(Taken(files, kRequest, 1).fd.get() == -1);
}

TEST_CASE("another plugin is denied, an argument that is no file is invalid, an unknown request is stale") {
  RequestFiles files;
  REQUIRE(files.keep(kRequest, kWord, files_with({"zero"}), later()) == HEARTH_OK);
  CHECK(Taken(files, kRequest, 0, "dice").status == HEARTH_DENIED);
  CHECK(Taken(files, kRequest, 0, "").status == HEARTH_DENIED);
  CHECK(files.take_all(kRequest, "dice").empty());
  CHECK(Taken(files, kRequest, 1).status == HEARTH_INVALID);
  CHECK(Taken(files, kRequest + 1, 0).status == HEARTH_STALE);
  CHECK(Taken(files, kRequest, 0).content() == "zero");
}

TEST_CASE("a file that was taken is closed on exec and its taker's alone") {
  RequestFiles files;
  const auto before = open_descriptors();
  REQUIRE(files.keep(kRequest, kWord, files_with({"zero"}), later()) == HEARTH_OK);
  {
    const Taken taken(files, kRequest, 0);
    CHECK((::fcntl(taken.fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
    files.end(kRequest);
    CHECK(taken.content() == "zero");
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("what nobody takes is closed when the request ends, when its lease does, and when all does") {
  const auto before = open_descriptors();
  {
    RequestFiles files;
    REQUIRE(files.keep(1, kWord, files_with({"a", "b"}), later()) == HEARTH_OK);
    files.end(1);
    CHECK(open_descriptors() == before);
    CHECK_FALSE(files.any());
    CHECK(Taken(files, 1, 0).status == HEARTH_STALE);
    {
      const auto lease = files.send_with(kWord, files_with({"a", "b"}), later(), [] { return 2; });
      REQUIRE(lease.ok());
      CHECK(lease->count() == 2);
      CHECK(open_descriptors() == before + 2);
    }
    CHECK(open_descriptors() == before);
    REQUIRE(files.keep(3, kWord, files_with({"a"}), later()) == HEARTH_OK);
  }
  CHECK(open_descriptors() == before);
}

TEST_CASE("past its time a file can't be taken, and is closed when somebody looks") {
  RequestFiles files;
  const auto before = open_descriptors();
  const auto now = steady_now_us();
  REQUIRE(files.keep(1, kWord, files_with({"a"}), now + 600'000'000) == HEARTH_OK);
  REQUIRE(files.keep(2, kWord, files_with({"b"}), now) == HEARTH_OK);
  CHECK(Taken(files, 2, 0).status == HEARTH_STALE);
  CHECK(files.take_all(2, kWord).empty());
  CHECK(files.expire(now) == now + 600'000'000);
  CHECK(open_descriptors() == before + 1);
  CHECK(Taken(files, 1, 0).status == HEARTH_OK);
  CHECK(files.expire(now + 600'000'000) == 0);
  CHECK_FALSE(files.any());
  CHECK(open_descriptors() == before);
}

TEST_CASE("there are at most 8 of a request and 64 in all, and what is refused is closed") {
  RequestFiles files;
  const auto before = open_descriptors();
  const auto too_many =
      files.keep(1, kWord, files_with({"1", "2", "3", "4", "5", "6", "7", "8", "9"}), later());
  CHECK(too_many == HEARTH_INVALID);
  CHECK(open_descriptors() == before);
  for (std::uint64_t i = 1; i <= 8; ++i)
    CHECK(files.keep(i, kWord, files_with({"1", "2", "3", "4", "5", "6", "7", "8"}), later()) == HEARTH_OK);
  CHECK(open_descriptors() == before + 64);
  CHECK(files.keep(9, kWord, files_with({"x"}), later()) == HEARTH_BUSY);
  const auto refused = files.send_with(kWord, files_with({"x"}), later(), []() -> std::uint64_t {
    FAIL("sent although there was no room");
    return 0;
  });
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == ErrorCode::kBusy);
  CHECK(open_descriptors() == before + 64);
  // Those that were taken count until the request ends: whoever takes them has them open.
  CHECK(files.take_all(1, kWord).size() == 8);
  CHECK(files.keep(9, kWord, files_with({"x"}), later()) == HEARTH_BUSY);
  for (std::uint64_t i = 1; i <= 8; ++i) files.end(i);
  CHECK(open_descriptors() == before);
  CHECK(room_left(files) == RequestFiles::kMost);
}

TEST_CASE("a request has its files once") {
  RequestFiles files;
  const auto before = open_descriptors();
  REQUIRE(files.keep(kRequest, kWord, files_with({"right"}), later()) == HEARTH_OK);
  CHECK(files.keep(kRequest, kWord, files_with({"wrong"}), later()) == HEARTH_INVALID);
  CHECK(open_descriptors() == before + 1);
  CHECK(Taken(files, kRequest, 0).content() == "right");
}

TEST_CASE("a request that couldn't be sent leaves nothing behind, and one without files nothing to find") {
  RequestFiles files;
  const auto before = open_descriptors();
  const auto none = files.send_with(kWord, files_with({"a"}), later(), [] { return 0; });
  REQUIRE(none.ok());
  CHECK(none->count() == 0);
  int sent = 0;
  CHECK(files.send_with(kWord, {}, later(), [&] { return ++sent; }).ok());
  CHECK(sent == 1);
  CHECK_FALSE(files.any());
  CHECK(open_descriptors() == before);
}

TEST_CASE("whoever has a request finds its files, however fast") {
  RequestFiles files;
  std::string found;
  std::thread plugin;
  const auto lease = files.send_with(kWord, files_with({"here"}), later(), [&] {
    plugin = std::thread([&] { found = Taken(files, kRequest, 0).content(); });
    return kRequest;
  });
  plugin.join();
  CHECK(lease.ok());
  CHECK(found == "here");
}

TEST_CASE("takers and enders on several threads get each file once or not at all") {
  RequestFiles files;
  const auto before = open_descriptors();
  std::atomic<int> taken{0};
  for (int round = 0; round < 200; ++round) {
    REQUIRE(files.keep(kRequest, kWord, files_with({"x"}), later()) == HEARTH_OK);
    const auto take = [&] { taken += Taken(files, kRequest, 0).status == HEARTH_OK ? 1 : 0; };
    std::thread one(take), two(take), three([&] { files.end(kRequest); });
    one.join();
    two.join();
    three.join();
  }
  CHECK(taken <= 200);
  CHECK_FALSE(files.any());
  CHECK(open_descriptors() == before);
}
