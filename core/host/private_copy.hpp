// Copies a plugin's file to a private place named after its content, so that nobody changes it under the
// running server.
#ifndef HEARTH_CORE_HOST_PRIVATE_COPY_HPP
#define HEARTH_CORE_HOST_PRIVATE_COPY_HPP

#include <filesystem>

#include "hearth/status.hpp"

namespace hearth::core {

inline constexpr std::uint64_t kMaxPluginFile = 64 * 1024 * 1024;  // bytes

// `folder`/<SHA-256 of the content>.so. Refused in words: what is not a readable, regular file of at most
// kMaxPluginFile; it is opened without blocking, so that a FIFO doesn't hold anybody up.
Result<std::filesystem::path> make_private_copy(const std::filesystem::path& file,
                                                const std::filesystem::path& folder);

}  // namespace hearth::core

#endif
