/* The ELF notes of ABI 1.0: type 1 manifest, 2 configuration schema, 4 the ABI. MANIFEST and SCHEMA are
 * files. */
#include "hearth/abi.h"

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

/* clang-format off */
__asm__(
    "  .pushsection .note.hearth, \"a\", %note\n"
    "  .balign 4\n"
    "  .long 7, 12f-11f, 1\n"
    "  .asciz \"hearth\"\n"
    "  .balign 4\n"
    "11: .incbin \"" MANIFEST "\"\n"
    "12: .balign 4\n"
    "  .long 7, 22f-21f, 2\n"
    "  .asciz \"hearth\"\n"
    "  .balign 4\n"
    "21: .incbin \"" SCHEMA "\"\n"
    "22: .balign 4\n"
    "  .long 7, 8, 4\n"
    "  .asciz \"hearth\"\n"
    "  .balign 4\n"
    "  .long " TEXT(HEARTH_ABI_MAJOR) ", " TEXT(HEARTH_ABI_MINOR) "\n"
    "  .popsection\n");
/* clang-format on */
