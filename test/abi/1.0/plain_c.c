/* A plugin of ABI 1.0 in plain C, of abi.h alone: its messages are bytes laid out by hand, little-endian. A
 * verb goes through post, a watched pipe and a timer before it is answered. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hearth/abi.h"

/* FNV-1a of the tables' names. */
static uint64_t type_of(const char* name) {
  uint64_t hash = 0xcbf29ce484222325u;
  for (; *name; ++name) hash = (hash ^ (uint8_t)*name) * 0x100000001b3u;
  return hash;
}

static hearth_bytes bytes_of(const char* text) {
  const hearth_bytes bytes = {(const uint8_t*)text, strlen(text)};
  return bytes;
}

/* hearth.wire.VerbResult {text}: where the table is; padding; how long the vtable and the table are, and
 * where in it the text is told; how far back the vtable is; how far on the text is. */
static const struct {
  uint32_t root;
  uint16_t padding, vtable[3];
  int32_t to_vtable;
  uint32_t to_text, length;
  char text[24];
} kAnswer __attribute__((aligned(8))) = {12, 0, {6, 8, 4}, 6, 4, 14, "plain C of 1.0"};

typedef struct plain {
  const hearth_host* host;
  int pipe[2];
  hearth_handle watch, timer;
  uint64_t asked; /* the request that waits for its answer; 0: none */
} plain;

static void ticked(void* arg) {
  plain* self = (plain*)arg;
  const hearth_bytes body = {(const uint8_t*)&kAnswer, sizeof kAnswer};
  const hearth_bytes nothing = {0, 0};
  const int well =
      self->host->now(self->host, HEARTH_WALL) > 0 && self->host->now(self->host, HEARTH_STEADY) > 0;
  self->timer = 0;
  if (!well) self->host->explain(self->host, bytes_of("the clocks stand still"));
  self->host->answer(self->host, self->asked, well ? HEARTH_OK : HEARTH_FAILED,
                     well ? type_of("hearth.wire.VerbResult") : 0, well ? body : nothing);
  self->asked = 0;
}

static void readable(void* arg, uint32_t events) {
  plain* self = (plain*)arg;
  char byte;
  if (!(events & HEARTH_READABLE) || read(self->pipe[0], &byte, 1) != 1) return;
  self->host->rewatch(self->host, self->watch, HEARTH_READABLE);
  self->host->timer(self->host, 1000, 0, ticked, self, &self->timer);
}

static void posted(void* arg, hearth_status status) {
  plain* self = (plain*)arg;
  if (status == HEARTH_OK && write(self->pipe[1], "x", 1) != 1)
    self->host->log(self->host, HEARTH_ERROR, bytes_of(""), bytes_of("the pipe is full"));
}

static hearth_status create(const hearth_host* host, const hearth_start_info* info, void** out) {
  plain* self;
  if (host->size < sizeof *host || info->size < sizeof *info || info->id.size == 0 ||
      info->state_dir.size == 0) {
    host->explain(host, bytes_of("less than ABI 1.0 promises"));
    return HEARTH_FAILED;
  }
  self = (plain*)calloc(1, sizeof *self);
  if (!self) return HEARTH_FAILED;
  self->host = host;
  *out = self;
  return HEARTH_OK;
}

static hearth_status start(void* arg) {
  plain* self = (plain*)arg;
  if (pipe2(self->pipe, O_CLOEXEC | O_NONBLOCK) != 0) return HEARTH_FAILED;
  self->host->log(self->host, HEARTH_INFO, bytes_of("a device"), bytes_of("here I am"));
  return self->host->watch(self->host, self->pipe[0], HEARTH_READABLE, readable, self, &self->watch);
}

static void receive(void* arg, const hearth_message* message) {
  plain* self = (plain*)arg;
  const hearth_bytes nothing = {0, 0};
  const int known =
      message->type == type_of("hearth.wire.VerbCall") && (message->flags & HEARTH_WANTS_ANSWER);
  if (!known || self->asked) {
    self->host->answer(self->host, message->id, known ? HEARTH_BUSY : HEARTH_INVALID, 0, nothing);
    return;
  }
  self->asked = message->id;
  self->host->post(self->host, posted, self);
}

static void stop(void* arg) {
  plain* self = (plain*)arg;
  self->host->cancel(self->host, self->watch);
  if (self->timer) self->host->cancel(self->host, self->timer);
  close(self->pipe[0]);
  close(self->pipe[1]);
}

static void destroy(void* arg) { free(arg); }

const hearth_plugin* hearth_plugin_entry(uint32_t abi_major) {
  static const hearth_plugin kTable = {
      sizeof kTable, HEARTH_ABI_MAJOR, HEARTH_ABI_MINOR, create, start, receive, stop, destroy, 0};
  return abi_major == HEARTH_ABI_MAJOR ? &kTable : 0;
}
