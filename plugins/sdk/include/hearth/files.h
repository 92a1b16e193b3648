/* The extension hearth.files/1: files that a person has named behind a plugin's verb. hearthctl opens them
 * and hands them over as descriptors, so that the plugin needs no right to their paths, in a process of its
 * own too.
 *
 * Style and rules as in abi.h; C++ authors use Verb::file (verb.hpp). Offered to a plugin whose manifest has
 * a verb with "files": N: the first N of its arguments that don't begin with '-' are opened.
 */
#ifndef HEARTH_FILES_H
#define HEARTH_FILES_H

#include "hearth/abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#define HEARTH_FILES "hearth.files/1"

typedef struct hearth_files {
  uint32_t size;
  uint32_t reserved; /* 0 */

  /* [loop] (local) The file that came for one argument, counted from 0, of the VerbCall with that message id,
   * which this plugin was asked and hasn't answered yet. HEARTH_OK: `*fd` is the caller's to close; it is a
   * regular file, open for reading, closed on exec. HEARTH_INVALID: that argument is no file. HEARTH_STALE:
   * it was taken before, or none has come, or the call has ended. HEARTH_DENIED: another plugin was asked.
   * What isn't taken until the call is answered is closed by the host. */
  hearth_status (*take)(const hearth_host*, uint64_t request, uint32_t argument, int32_t* fd);
} hearth_files;

#ifdef __cplusplus
}
#endif

#endif
