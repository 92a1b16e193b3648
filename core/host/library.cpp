// Boost.DLL opens; dlopen with RTLD_NOLOAD tells whether closing worked.
#include "core/host/library.hpp"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>

#include "core/runtime/plugin_table.hpp"

namespace hearth::core {

struct Library::Handle {
  boost::dll::shared_library library;
  std::filesystem::path file;
};

Library::Library() = default;
Library::~Library() = default;

Result<const hearth_plugin*> Library::open(const std::filesystem::path& file) try {
  handle_ = std::make_unique<Handle>();
  handle_->file = file;
  // All symbols now, so that a missing one is a refusal here and not a crash later.
  handle_->library.load(file.string(), boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
  if (!handle_->library.has("hearth_plugin_entry"))
    return Error{ErrorCode::kInvalid, "it doesn't export hearth_plugin_entry"};
  return table_of(&handle_->library.get<const hearth_plugin*(std::uint32_t)>("hearth_plugin_entry"));
} catch (const std::exception& e) {
  return Error{ErrorCode::kInvalid, std::string("it can't be loaded: ") + e.what()};
}

bool Library::close() {
  if (!handle_) return true;
  const auto file = handle_->file;
  handle_.reset();
  void* still = dlopen(file.c_str(), RTLD_LAZY | RTLD_NOLOAD);
  if (still) dlclose(still);
  return !still;
}

}  // namespace hearth::core
