// The store's folder: who holds it, which files lie in it, and how they change places without being lost.
#ifndef HEARTH_CORE_STORE_FOLDER_HPP
#define HEARTH_CORE_STORE_FOLDER_HPP

#include <filesystem>
#include <memory>
#include <string>

#include "hearth/status.hpp"

namespace hearth::store {

// Holds a lock on the folder for as long as it lives, so that two servers never share one. Files are made
// with mode 0600. Never opens hearth.db itself while SQLite has it open: closing any descriptor of a file
// drops all of this process's POSIX locks on it.
class Folder {
 public:
  // Error: no such folder, no right to it, or another process holds it.
  static Result<std::unique_ptr<Folder>> lock(const std::filesystem::path& path);
  // For lock(): `descriptor` is the folder's, locked; closed at the end.
  Folder(std::filesystem::path path, int descriptor);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::filesystem::path database() const { return path_ / "hearth.db"; }
  std::filesystem::path good_copy() const { return path_ / "hearth.db.good"; }
  std::filesystem::path unfinished_copy() const { return path_ / "hearth.db.good.new"; }

  bool has_good_copy() const;
  // hearth.db is missing or empty although there must have been one: a good copy or a write-ahead log is
  // there.
  bool lost_database() const;

  // Makes hearth.db when there is none, and sees to its mode. Before SQLite opens it.
  Status prepare_database() const;
  // Makes an empty file for the good copy, in place of what an interrupted one left.
  Status prepare_copy() const;
  // Gives the space of an unfinished one back.
  void discard_copy() const;
  // Durably puts the finished copy in the good copy's place.
  Status publish_copy() const;
  // Renames hearth.db and SQLite's files beside it to hearth.db.corrupt-<time>...; answers the new name.
  Result<std::string> set_database_aside() const;
  // The good copy becomes hearth.db.
  Status promote_good_copy() const;

 private:
  Status sync() const;

  std::filesystem::path path_;
  int descriptor_;
};

}  // namespace hearth::store

#endif
