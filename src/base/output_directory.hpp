#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Whether a committed file must survive a power failure.
enum class Durability : std::uint8_t {
  none,    ///< the system writes it out when it likes
  synced,  ///< fsync() of the file before it gets its name, and of its folder after
};

/// Who may read a file; the process's umask takes away more.
enum class FileAccess : std::uint8_t {
  everybody,
  owner,  ///< it holds secrets
};

/// A file that has its name only once it is complete. Until commit() the bytes are in a file of the same folder that
/// has no name or, where the file system can't do that, an unpredictable one, and what stood at the final name is
/// untouched; dropped before that, it leaves nothing behind. Owns the descriptors of the file and of its folder.
/// Move-only. Blocks for as long as the file system does. Errors: output_failed, naming path and cause; after one the
/// file is given up and the later calls fail too.
class PendingFile {
 public:
  PendingFile(PendingFile&& other) noexcept = default;
  PendingFile& operator=(PendingFile&& other) noexcept;
  ~PendingFile() { discard(); }

  /// Appends `data`, all of it.
  Result<> write(std::string_view data);

  /// Gives the file its name and closes it. What stood there is replaced: a file, even a read-only one, a FIFO, a
  /// symbolic link itself and never its target; a folder is an error.
  Result<> commit(Durability durability = Durability::none);

  /// The final path, below the path that the OutputDirectory was opened with.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  friend class OutputDirectory;
  PendingFile(UniqueFd directory, std::string path) : directory_(std::move(directory)), path_(std::move(path)) {}

  [[nodiscard]] Result<> create_temporary(FileAccess access);
  /// Gives a file without a name the final one or, where that is taken, a temporary one. 0, or the errno.
  [[nodiscard]] int give_name(bool& is_final);
  [[nodiscard]] const char* final_name() const noexcept;
  /// Removes the temporary file, if there is one.
  void discard() noexcept;
  /// Gives the file up; `cause` is an errno.
  std::unexpected<Error> fail(int cause);

  UniqueFd directory_;  // the folder of both names; none: committed or given up
  UniqueFd file_;
  std::string temporary_name_;  // empty: it has no name yet, or its final one
  std::string path_;
};

/// A folder that files are written to, and never past it: no name, however hostile, and no symbolic link below it leads
/// outside (openat2(2), RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS; one component at a time where the kernel has no
/// openat2). The folder's own path is the user's and may hold symbolic links.
class OutputDirectory {
 public:
  /// Opens `path`; it and its parents are created where they are missing. Error: output_failed.
  static Result<OutputDirectory> open(const std::string& path);

  /// Begins the file `relative_path`, components joined by "/"; missing folders are created. Refused: an absolute path,
  /// a component that is empty, "." or "..", a NUL, PATH_MAX bytes or more in all, a symbolic link or a file where a
  /// folder must be, a reserved one. Error: output_failed.
  [[nodiscard]] Result<PendingFile> create(std::string_view relative_path,
                                           FileAccess access = FileAccess::everybody) const;

  /// Refuses the file at `place`, an absolute path without symbolic links, from now on: it is the program's own. What
  /// is not below this folder can't be written anyway.
  void reserve(const std::filesystem::path& place);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  OutputDirectory(UniqueFd directory, std::string path) : directory_(std::move(directory)), path_(std::move(path)) {}

  /// The folder `relative_path`, created where it is missing; empty: this one.
  [[nodiscard]] Result<UniqueFd> open_folder(std::string_view relative_path) const;

  UniqueFd directory_;
  std::string path_;
  std::set<std::string, std::less<>> reserved_;  // relative paths
};

}  // namespace nbcrawl
