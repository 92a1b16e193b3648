/* Prints abi.h as a table: each struct with its members' offsets, sizes and types, each enum with its values,
 * each type of function. C11 and C++20; the types are written down here once more, so that the compiler finds
 * one that has changed. */
#include <stddef.h>
#include <stdio.h>

#include "hearth/abi.h"
#include "hearth/files.h"

/* An extension's version is in its name: "hearth.files/1" stays as it is. */
typedef char hearth_files_1[offsetof(hearth_files, take) == 8 && sizeof HEARTH_FILES == 15 ? 1 : -1];

/* Which can grow at their end, and which never change. */
#define TABLE(type) printf("table %s %zu\n", #type, sizeof(type))
#define FIXED(type) printf("fixed %s %zu\n", #type, sizeof(type))

#define MEMBER(table, name, ...)                                                                   \
  do {                                                                                             \
    static table instance;                                                                         \
    __typeof__(__VA_ARGS__)* same = &instance.name;                                                \
    (void)same;                                                                                    \
    printf("  %s %zu %zu %s\n", #name, offsetof(table, name), sizeof instance.name, #__VA_ARGS__); \
  } while (0)

#define ENUM(name) printf("enum %s\n", name)
#define VALUE(name) printf("  %s %lld\n", #name, (long long)(name))

#define TYPE(name, ...)                                            \
  do {                                                             \
    static name instance;                                          \
    __typeof__(__VA_ARGS__)* same = &instance;                     \
    (void)same;                                                    \
    printf("type %s %zu %s\n", #name, sizeof(name), #__VA_ARGS__); \
  } while (0)

static void structs(void) {
  FIXED(hearth_bytes);
  MEMBER(hearth_bytes, data, const uint8_t*);
  MEMBER(hearth_bytes, size, uint64_t);

  TABLE(hearth_message);
  MEMBER(hearth_message, size, uint32_t);
  MEMBER(hearth_message, source, uint32_t);
  MEMBER(hearth_message, id, uint64_t);
  MEMBER(hearth_message, cause, uint64_t);
  MEMBER(hearth_message, time_us, int64_t);
  MEMBER(hearth_message, type, hearth_type);
  MEMBER(hearth_message, flags, uint32_t);
  MEMBER(hearth_message, reserved, uint32_t);
  MEMBER(hearth_message, body, hearth_bytes);

  TABLE(hearth_start_info);
  MEMBER(hearth_start_info, size, uint32_t);
  MEMBER(hearth_start_info, reserved, uint32_t);
  MEMBER(hearth_start_info, id, hearth_text);
  MEMBER(hearth_start_info, state_dir, hearth_text);
  MEMBER(hearth_start_info, config, hearth_bytes);
  MEMBER(hearth_start_info, store, hearth_bytes);
}

static void host(void) {
  TABLE(hearth_host);
  MEMBER(hearth_host, size, uint32_t);
  MEMBER(hearth_host, abi_major, uint16_t);
  MEMBER(hearth_host, abi_minor, uint16_t);
  MEMBER(hearth_host, self, void*);
  MEMBER(hearth_host, log, void (*)(const hearth_host*, uint32_t, hearth_text, hearth_text));
  MEMBER(hearth_host, explain, void (*)(const hearth_host*, hearth_text));
  MEMBER(hearth_host, now, int64_t(*)(const hearth_host*, uint32_t));
  MEMBER(hearth_host, watch,
         hearth_status(*)(const hearth_host*, int32_t, uint32_t, hearth_watch_fn, void*, hearth_handle*));
  MEMBER(hearth_host, rewatch, hearth_status(*)(const hearth_host*, hearth_handle, uint32_t));
  MEMBER(hearth_host, timer,
         hearth_status(*)(const hearth_host*, int64_t, int64_t, hearth_timer_fn, void*, hearth_handle*));
  MEMBER(hearth_host, cancel, hearth_status(*)(const hearth_host*, hearth_handle));
  MEMBER(hearth_host, post, hearth_status(*)(const hearth_host*, hearth_task_fn, void*));
  MEMBER(hearth_host, work,
         hearth_status(*)(const hearth_host*, uint64_t, hearth_work_fn, hearth_task_fn, void*));
  MEMBER(hearth_host, publish,
         hearth_status(*)(const hearth_host*, hearth_type, uint64_t, hearth_bytes, uint64_t*));
  MEMBER(hearth_host, subscribe,
         hearth_status(*)(const hearth_host*, hearth_type, hearth_message_fn, void*, hearth_handle*));
  MEMBER(hearth_host, request,
         hearth_status(*)(const hearth_host*, hearth_type, uint64_t, hearth_bytes, int64_t, hearth_answer_fn,
                          void*, hearth_handle*));
  MEMBER(hearth_host, answer,
         hearth_status(*)(const hearth_host*, uint64_t, hearth_status, hearth_type, hearth_bytes));
  MEMBER(hearth_host, extension, const void* (*)(const hearth_host*, hearth_text));
}

static void plugin(void) {
  TABLE(hearth_plugin);
  MEMBER(hearth_plugin, size, uint32_t);
  MEMBER(hearth_plugin, abi_major, uint16_t);
  MEMBER(hearth_plugin, abi_minor, uint16_t);
  MEMBER(hearth_plugin, create, hearth_status(*)(const hearth_host*, const hearth_start_info*, void**));
  MEMBER(hearth_plugin, start, hearth_status(*)(void*));
  MEMBER(hearth_plugin, receive, void (*)(void*, const hearth_message*));
  MEMBER(hearth_plugin, stop, void (*)(void*));
  MEMBER(hearth_plugin, destroy, void (*)(void*));
  MEMBER(hearth_plugin, extension, const void* (*)(void*, hearth_text));
}

static void enums(void) {
  ENUM("status");
  VALUE(HEARTH_OK);
  VALUE(HEARTH_INVALID);
  VALUE(HEARTH_STALE);
  VALUE(HEARTH_BUSY);
  VALUE(HEARTH_TIMEOUT);
  VALUE(HEARTH_DENIED);
  VALUE(HEARTH_UNREACHABLE);
  VALUE(HEARTH_CANCELLED);
  VALUE(HEARTH_WRONG_THREAD);
  VALUE(HEARTH_FAILED);
  VALUE(HEARTH_SUPERSEDED);
  ENUM("message_flags");
  VALUE(HEARTH_WANTS_ANSWER);
  VALUE(HEARTH_RETAINED);
  ENUM("watch_events");
  VALUE(HEARTH_READABLE);
  VALUE(HEARTH_WRITABLE);
  VALUE(HEARTH_HANGUP);
  ENUM("log_levels");
  VALUE(HEARTH_DEBUG);
  VALUE(HEARTH_INFO);
  VALUE(HEARTH_WARNING);
  VALUE(HEARTH_ERROR);
  ENUM("clocks");
  VALUE(HEARTH_WALL);
  VALUE(HEARTH_STEADY);
}

static void types(void) {
  TYPE(hearth_text, hearth_bytes);
  TYPE(hearth_status, int32_t);
  TYPE(hearth_handle, uint64_t);
  TYPE(hearth_type, uint64_t);
  TYPE(hearth_task_fn, void (*)(void*, hearth_status));
  TYPE(hearth_work_fn, void (*)(void*));
  TYPE(hearth_timer_fn, void (*)(void*));
  TYPE(hearth_watch_fn, void (*)(void*, uint32_t));
  TYPE(hearth_message_fn, void (*)(void*, const hearth_message*));
  TYPE(hearth_answer_fn, void (*)(void*, hearth_status, const hearth_message*, hearth_text));
}

/* Declared once more: a changed one doesn't compile. */
const hearth_plugin* hearth_plugin_entry(uint32_t abi_major);

int main(void) {
  printf("abi %d.%d\n", HEARTH_ABI_MAJOR, HEARTH_ABI_MINOR);
  structs();
  host();
  plugin();
  enums();
  types();
  return 0;
}
