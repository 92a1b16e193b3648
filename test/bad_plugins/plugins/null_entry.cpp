// A plugin that was not built for any ABI.
#include "hearth/abi.h"

const hearth_plugin* hearth_plugin_entry(uint32_t) { return nullptr; }
