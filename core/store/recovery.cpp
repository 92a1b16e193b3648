// Opens hearth.db whatever state it is in: a corrupt one is set aside and the last good copy takes its place.
#include "core/store/recovery.hpp"

#include <utility>

namespace hearth::store {
namespace {

Outcome try_to_open(const Folder& folder, const std::vector<Migration>& migrations, Opened& opened) {
  if (folder.lost_database()) return {Fault::kCorrupt, "it is missing or empty"};
  opened.database = std::make_unique<Database>(folder);
  Outcome outcome = opened.database->open(migrations);
  if (outcome.ok()) outcome = opened.database->read(opened.snapshot);
  if (!outcome.ok()) opened.database.reset();
  return outcome;
}

// Words for a person.
Result<std::string> start_over(const Folder& folder, const std::string& reason) {
  Result<std::string> aside = folder.set_database_aside();
  if (!aside) return aside.error();
  std::string words = folder.database().string() + " is corrupt (" + reason + "): kept as " + *aside + ", ";
  if (!folder.has_good_copy()) return words + "starting empty, there is no good copy";
  if (Status promoted = folder.promote_good_copy(); !promoted) return promoted.error();
  return words + "starting from the last good copy; what changed since that was made is lost";
}

}  // namespace

Result<Opened> open_or_recover(const Folder& folder, const std::vector<Migration>& migrations,
                               const std::function<void(std::string)>& problem) {
  // The file, then the good copy, then an empty one.
  constexpr int kAttempts = 3;
  Outcome outcome;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (!folder.lost_database()) {
      if (Status prepared = folder.prepare_database(); !prepared) return prepared.error();
    }
    Opened opened;
    outcome = try_to_open(folder, migrations, opened);
    if (outcome.ok()) return opened;
    if (outcome.fault != Fault::kCorrupt) break;
    Result<std::string> words = start_over(folder, outcome.words);
    if (!words) return words.error();
    problem(*words);
  }
  const ErrorCode code = outcome.fault == Fault::kRefused ? ErrorCode::kInvalid : ErrorCode::kFailed;
  return Error{code, "can't use " + folder.database().string() + ": " + outcome.words};
}

}  // namespace hearth::store
