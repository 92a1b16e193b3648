/* The boundary between hearth and a plugin: plain C, so that the two sides may differ in compiler, C++
 * library and process.
 *
 * Authors normally write against <hearth/driver.hpp> or <hearth/protocol.hpp>; this file is what those are
 * made of.
 *
 * The idea: a plugin and the server exchange *messages*, and nothing else. Declaring a device, reporting a
 * state, reading the store or carrying out a command are message types in schemas/messages/, not functions
 * here. So only four functions leave the plugin's process (publish, subscribe, request, answer), the rest is
 * answered on the spot, and the same .so runs inside the server or in a process of its own.
 *
 * Rules for every function, both ways:
 *   - What a caller passes belongs to the caller and is valid until the call returns; whoever wants to keep
 * it copies it.
 *   - No exception crosses. No memory is allocated on one side and freed on the other.
 *   - Text is UTF-8, not terminated. Times are microseconds.
 *   - Tables grow at their end only. A function may be called when `size` covers it; a null one is not
 * offered.
 *   - Each function says which thread may call it:
 *       [loop]    the plugin's own thread, on which everything in this file arrives unless marked otherwise
 *       [worker]  a thread of the plugin's pool (hearth_host.work)
 *       [any]     every thread
 *     and where it is answered: (local) in this process, or (travels) sent to the server when the plugin is
 * isolated. Those that travel never wait for the other side: they queue, or return HEARTH_BUSY.
 */
#ifndef HEARTH_ABI_H
#define HEARTH_ABI_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Without a suffix: the plugin's ELF note is assembled from them. */
#define HEARTH_ABI_MAJOR 1 /* must be equal on both sides */
#define HEARTH_ABI_MINOR 0 /* a plugin's may not be newer than the host's */

/* ---- Values
 * ------------------------------------------------------------------------------------------------------------
 */

typedef struct hearth_bytes {
  const uint8_t* data; /* never read when size is 0 */
  uint64_t size;
} hearth_bytes;

typedef hearth_bytes hearth_text;

/* Negative is failure; words for a person go with it through hearth_host.explain. Numbers are never used
 * twice. */
typedef int32_t hearth_status;
enum {
  HEARTH_OK = 0,
  HEARTH_INVALID = -1,     /* an argument, a configuration or a message is wrong */
  HEARTH_STALE = -2,       /* that handle, request or plugin has ended; not a fault, a late call */
  HEARTH_BUSY = -3,        /* a bounded queue is full; nothing was taken */
  HEARTH_TIMEOUT = -4,     /* no answer in time */
  HEARTH_DENIED = -5,      /* the manifest asked for no such permission, or the owner granted none */
  HEARTH_UNREACHABLE = -6, /* the device, or the plugin that owns it, is not there */
  HEARTH_CANCELLED = -7,   /* the plugin is stopping: the function was not run, its argument is handed back */
  HEARTH_WRONG_THREAD = -8,
  HEARTH_FAILED = -9,     /* anything else */
  HEARTH_SUPERSEDED = -10 /* a newer command for the same device and capability took this one's place */
};

/* A watch, timer, subscription or request. Slot and generation: using one that has ended yields HEARTH_STALE.
 * 0 is none. After a cancel, and for whatever is still open at destroy, the `arg` given with it is the
 * plugin's to release. */
typedef uint64_t hearth_handle;

/* FNV-1a, 64 bits, of the full name of a message's table ("hearth.wire.StateChanged", "vendor.Name"). */
typedef uint64_t hearth_type;

typedef struct hearth_message {
  uint32_t size;
  uint32_t source; /* the plugin that sent it, stamped by the server; 0 is the server itself */
  uint64_t
      id; /* unique while the server runs; the upper 24 bits are the source, so it is made without asking */
  uint64_t cause;  /* id of the message that led to this one; 0: none */
  int64_t time_us; /* wall clock, when it was sent */
  hearth_type type;
  uint32_t flags;    /* HEARTH_WANTS_ANSWER, HEARTH_RETAINED */
  uint32_t reserved; /* 0 */
  hearth_bytes
      body; /* one FlatBuffer of that type, aligned to 8 bytes; verified when it came from another process */
} hearth_message;

enum {
  HEARTH_WANTS_ANSWER = 1, /* a request: answer it once, with hearth_host.answer; now or later */
  HEARTH_RETAINED = 2      /* not news: the standing value, sent because this plugin has just subscribed */
};

/* ---- Functions that a plugin hands to the host
 * ------------------------------------------------------------------------- */

/* [loop] `status` is HEARTH_OK, or HEARTH_CANCELLED when nothing is to be done but to release `arg`. Called
 * exactly once. */
typedef void (*hearth_task_fn)(void* arg, hearth_status status);
/* [worker] May block. */
typedef void (*hearth_work_fn)(void* arg);
/* [loop] Called until the handle is cancelled. */
typedef void (*hearth_timer_fn)(void* arg);
typedef void (*hearth_watch_fn)(void* arg, uint32_t events);
/* [loop] A message of a subscription, until that is cancelled. */
typedef void (*hearth_message_fn)(void* arg, const hearth_message*);
/* [loop] Called exactly once unless cancelled before. `answer` is null unless `status` is HEARTH_OK; `words`
 * explain a failure. */
typedef void (*hearth_answer_fn)(void* arg, hearth_status status, const hearth_message* answer,
                                 hearth_text words);

enum { HEARTH_READABLE = 1, HEARTH_WRITABLE = 2, HEARTH_HANGUP = 4 }; /* hangup is always reported */
enum { HEARTH_DEBUG = 0, HEARTH_INFO = 1, HEARTH_WARNING = 2, HEARTH_ERROR = 3 };
enum { HEARTH_WALL = 0, HEARTH_STEADY = 1 };

/* ---- What the host offers
 * ---------------------------------------------------------------------------------------------- */

/* One per running plugin. It stays valid for as long as the library is mapped: after `destroy` every call
 * yields HEARTH_STALE. */
typedef struct hearth_host hearth_host;
struct hearth_host {
  uint32_t size;
  uint16_t abi_major, abi_minor;
  void* self; /* the host's own */

  /* [any] (local; isolated: buffered, travels in batches and before an exit) `device` may be empty.
   * Rate-limited by the host. */
  void (*log)(const hearth_host*, uint32_t level, hearth_text device, hearth_text text);

  /* [any] (local) Words for the failure that the calling function is about to return. Kept for each thread
   * until it returns. */
  void (*explain)(const hearth_host*, hearth_text words);

  /* [any] (local) Microseconds. Use it in place of the system's clock: a replay turns it. */
  int64_t (*now)(const hearth_host*, uint32_t clock);

  /* [loop] (local) Level-triggered. Cancel before closing the descriptor. */
  hearth_status (*watch)(const hearth_host*, int32_t fd, uint32_t events, hearth_watch_fn, void* arg,
                         hearth_handle* out);
  hearth_status (*rewatch)(const hearth_host*, hearth_handle, uint32_t events);

  /* [loop] (local) First after `delay_us`, then every `period_us`; period 0: once, and the handle ends by
   * itself. */
  hearth_status (*timer)(const hearth_host*, int64_t delay_us, int64_t period_us, hearth_timer_fn, void* arg,
                         hearth_handle* out);

  /* [loop] (local; a subscription's end travels) Once it returns, the function belonging to the handle is not
   * called again. */
  hearth_status (*cancel)(const hearth_host*, hearth_handle);

  /* [any] (local) Runs `fn` on the loop, in the order of posting. On failure `fn` is not called and `arg`
   * stays the caller's. */
  hearth_status (*post)(const hearth_host*, hearth_task_fn, void* arg);

  /* [loop] (local) Runs `run` on the pool, then `done` on the loop. Jobs with equal non-zero `key` run one at
   * a time and in order; `key` 0 has no order. A job that has not begun when the plugin stops goes straight
   * to `done` as cancelled. */
  hearth_status (*work)(const hearth_host*, uint64_t key, hearth_work_fn run, hearth_task_fn done, void* arg);

  /* [loop] (travels) To every subscriber, in this plugin's order. `id`, if not null, receives the message's
   * id. */
  hearth_status (*publish)(const hearth_host*, hearth_type, uint64_t cause, hearth_bytes body, uint64_t* id);

  /* [loop] (travels) Each subscription gets every message of its type. Where that is a standing fact
   * (DeviceDeclared, StateChanged, ...) the present ones come first, marked HEARTH_RETAINED, with no gap and
   * no repetition before the live ones. */
  hearth_status (*subscribe)(const hearth_host*, hearth_type, hearth_message_fn, void* arg,
                             hearth_handle* out);

  /* [loop] (travels; the deadline is kept locally) One call of `fn`: the answer, a refusal or HEARTH_TIMEOUT.
   */
  hearth_status (*request)(const hearth_host*, hearth_type, uint64_t cause, hearth_bytes body,
                           int64_t timeout_us, hearth_answer_fn fn, void* arg, hearth_handle* out);

  /* [loop] (travels) Ends the request with that message id. With HEARTH_OK: a type and a body, or 0 and empty
   * for a plain yes. Otherwise type 0 and words for a person. The second answer, and one past the deadline,
   * yield HEARTH_STALE. */
  hearth_status (*answer)(const hearth_host*, uint64_t request, hearth_status, hearth_type,
                          hearth_bytes body);

  /* [loop] (local) A table by name, "hearth.name/1" or "vendor.name/1"; null if not offered. Valid as long as
   * the host. */
  const void* (*extension)(const hearth_host*, hearth_text name);
};

/* ---- What the plugin offers
 * -------------------------------------------------------------------------------------------- */

/* Both maps are FlexBuffers, verified, valid during `create`. The configuration has passed the plugin's own
 * schema and holds every default, so a missing key is a broken plugin. `store` is what the plugin last saved
 * with StorePut, at most 64 KiB. */
typedef struct hearth_start_info {
  uint32_t size;
  uint32_t reserved;
  hearth_text id;        /* "gpio_led"; the name of its part of the configuration */
  hearth_text state_dir; /* a folder of the plugin's own, mode 0700: tokens, caches */
  hearth_bytes config;
  hearth_bytes store;
} hearth_start_info;

/*   entry -> create -> start -> (callbacks, receive)* -> stop -> (workers end) -> destroy          each with
 * a deadline, all on [loop] A failed create is followed by nothing, a failed start by stop and destroy.
 * Nothing is received once stop has begun, but while it runs and until the last worker is back the plugin may
 * still publish and answer. Then its own open requests end as cancelled, those of others to it as
 * HEARTH_UNREACHABLE, every handle ends, and destroy is called. A worker that doesn't come back: destroy is
 * *not* called; the library stays mapped and the plugin quarantined, or its process is killed. */
typedef struct hearth_plugin {
  uint32_t size;
  uint16_t abi_major, abi_minor;

  /* Nothing but memory and the handles of `host` may be acquired here: no thread, no socket. `*self` is
   * passed to the others. */
  hearth_status (*create)(const hearth_host* host, const hearth_start_info*, void** self);

  /* Open sockets and devices, subscribe, declare. Must not wait for a network: return, and go on from a
   * callback. */
  hearth_status (*start)(void* self);

  /* A request to this plugin: of a type that its manifest answers, a command to its device, a verb. It is
   * answered once with hearth_host.answer, now or later; an unknown type, or a body that can't be read, with
   * HEARTH_INVALID. */
  void (*receive)(void* self, const hearth_message*);

  /* Close sockets and devices so that a blocked worker returns at once (shutdown(2) for a socket). Workers
   * may be running. */
  void (*stop)(void* self);

  void (*destroy)(void* self);

  /* A table that the plugin offers, by name; null if none. The pointer itself may be null. */
  const void* (*extension)(void* self, hearth_text name);
} hearth_plugin;

/* The only symbol that a plugin exports. Returns a constant table, or null for a major that it was not built
 * for; it does nothing else. The manifest (an ELF note, as are the plugin's configuration schema and the
 * schemas of its own message types) has been read and accepted before this runs. */
__attribute__((visibility("default"))) const hearth_plugin* hearth_plugin_entry(uint32_t abi_major);

#ifdef __cplusplus
}
#endif

#endif
