// A plugin of ABI 1.0 in C++, of abi.h alone. It subscribes, asks home, publishes a note, and answers its
// verb from a worker.
#include <cstring>
#include <memory>
#include <string>
#include <thread>

#include "hearth/abi.h"

namespace {

constexpr std::uint64_t type_of(const char* name) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (; *name; ++name) hash = (hash ^ static_cast<std::uint8_t>(*name)) * 0x100000001b3u;
  return hash;
}

hearth_bytes bytes_of(const char* text) {
  return {reinterpret_cast<const std::uint8_t*>(text), std::strlen(text)};
}

template <class Layout>
hearth_bytes body_of(const Layout& layout) {
  return {reinterpret_cast<const std::uint8_t*>(&layout), sizeof layout};
}

// FlatBuffers by hand, little-endian: where the table is, the vtable, how far back that is, how far on the
// texts are.
struct alignas(8) {
  std::uint32_t root = 12;
  std::uint16_t padding = 0, vtable[3] = {6, 8, 4};
  std::int32_t to_vtable = 6;
  std::uint32_t to_text = 4, length = 16;
  char text[20] = "plain C++ of 1.0";
} const kVerbResult;  // {text}

struct alignas(8) {
  std::uint32_t root = 16;
  std::uint16_t padding = 0, vtable[5] = {10, 12, 0, 4, 8};
  std::int32_t to_vtable = 10;
  std::uint32_t to_key = 8, to_value = 16, key_length = 6;
  char key[8] = "corpus";
  std::uint32_t value_length = 3;
  char value[4] = "1.0";
} const kPluginNote;  // {key, value}

struct alignas(8) {
  std::uint32_t root = 8;
  std::uint16_t vtable[2] = {4, 4};
  std::int32_t to_vtable = 4;
  std::uint32_t padding = 0;
} const kSync;  // {}

struct Plain {
  const hearth_host* host;
  hearth_handle facts = 0, question = 0;
  int heard = 0;  // standing facts
};

// A verb on its way through a worker.
struct Job {
  Plain* plain;
  std::uint64_t request;
  std::thread::id loop, worker;
};

void heard(void* arg, const hearth_message* message) {
  if (message->flags & HEARTH_RETAINED) ++static_cast<Plain*>(arg)->heard;
}

void answered(void* arg, hearth_status status, const hearth_message*, hearth_text) {
  auto& self = *static_cast<Plain*>(arg);
  self.question = 0;
  std::uint64_t id = 0;
  if (status == HEARTH_OK && !self.host->extension(self.host, bytes_of("nobody.has/1")))
    self.host->publish(self.host, type_of("hearth.wire.PluginNote"), 0, body_of(kPluginNote), &id);
}

void work(void* arg) { static_cast<Job*>(arg)->worker = std::this_thread::get_id(); }

void done(void* arg, hearth_status status) {
  const std::unique_ptr<Job> job(static_cast<Job*>(arg));
  const auto& self = *job->plain;
  if (status != HEARTH_OK) return;
  const bool well = self.heard > 0 && job->worker != job->loop;
  if (!well) self.host->explain(self.host, bytes_of("no facts came, or no worker ran"));
  self.host->answer(self.host, job->request, well ? HEARTH_OK : HEARTH_FAILED,
                    well ? type_of("hearth.wire.VerbResult") : 0,
                    well ? body_of(kVerbResult) : hearth_bytes{});
}

hearth_status create(const hearth_host* host, const hearth_start_info* info, void** self) {
  if (host->abi_major != HEARTH_ABI_MAJOR || info->config.size == 0) return HEARTH_FAILED;
  *self = new Plain{host};
  return HEARTH_OK;
}

hearth_status start(void* arg) {
  auto& self = *static_cast<Plain*>(arg);
  const auto status =
      self.host->subscribe(self.host, type_of("hearth.wire.PluginState"), heard, &self, &self.facts);
  if (status != HEARTH_OK) return status;
  return self.host->request(self.host, type_of("hearth.wire.Sync"), 0, body_of(kSync), 5'000'000, answered,
                            &self, &self.question);
}

void receive(void* arg, const hearth_message* message) {
  auto& self = *static_cast<Plain*>(arg);
  auto job = std::make_unique<Job>(Job{&self, message->id, std::this_thread::get_id(), {}});
  auto status = HEARTH_INVALID + 0;
  if (message->type == type_of("hearth.wire.VerbCall"))
    status = self.host->work(self.host, 1, work, done, job.get());
  if (status == HEARTH_OK)
    (void)job.release();
  else
    self.host->answer(self.host, message->id, status, 0, {});
}

void stop(void* arg) {
  auto& self = *static_cast<Plain*>(arg);
  self.host->cancel(self.host, self.facts);
  if (self.question) self.host->cancel(self.host, self.question);
}

void destroy(void* arg) { delete static_cast<Plain*>(arg); }

const void* extension(void*, hearth_text) { return nullptr; }

constexpr hearth_plugin kTable{sizeof(hearth_plugin),
                               HEARTH_ABI_MAJOR,
                               HEARTH_ABI_MINOR,
                               create,
                               start,
                               receive,
                               stop,
                               destroy,
                               extension};

}  // namespace

const hearth_plugin* hearth_plugin_entry(uint32_t abi_major) {
  return abi_major == HEARTH_ABI_MAJOR ? &kTable : nullptr;
}
