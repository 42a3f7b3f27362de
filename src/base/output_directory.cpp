#include "base/output_directory.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <filesystem>
#include <system_error>

#include "base/hex.hpp"

namespace nbcrawl {

namespace {

constexpr int folder_flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

Error failure(int cause, std::string what, std::string_view why = {}) {
  what += ": ";
  what += why.empty() ? std::generic_category().message(cause) : std::string(why);
  return {.kind = ErrorKind::output_failed, .phase = Phase::output, .sys_errno = cause, .detail = std::move(what)};
}

std::string joined(const std::string& folder, std::string_view name) {
  std::string path = folder;
  if (!path.ends_with('/')) path += '/';
  return path.append(name);
}

/// Whether every component is the name of something in its folder.
bool stays_below(std::string_view relative_path) noexcept {
  if (relative_path.find('\0') != std::string_view::npos) return false;
  for (bool more = true; more;) {
    const std::size_t slash = relative_path.find('/');
    const std::string_view component = relative_path.substr(0, slash);
    if (component.empty() || component == "." || component == "..") return false;
    more = slash != std::string_view::npos;
    if (more) relative_path.remove_prefix(slash + 1);
  }
  return true;
}

/// -1 with errno where the kernel can't, or won't: then the caller's steps tell which component is at fault.
int open_folder_beneath(int directory, const char* relative_path) noexcept {
  const open_how how{
      .flags = folder_flags, .mode = 0, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
  return static_cast<int>(::syscall(SYS_openat2, directory, relative_path, &how, sizeof how));
}

/// The folder `name` of `parent`, made where there is none. A single name can lead nowhere else: ".." is refused
/// before, symbolic links are not followed.
int open_or_make_folder(int parent, const char* name) noexcept {
  const int found = ::openat(parent, name, folder_flags);
  if (found >= 0 || errno != ENOENT) return found;
  if (::mkdirat(parent, name, 0777) != 0 && errno != EEXIST) return -1;
  return ::openat(parent, name, folder_flags);
}

/// Why `name`, which is no folder, can't be one.
std::string_view why_no_folder(int parent, const char* name) noexcept {
  struct stat status{};
  const bool is_link = ::fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
  return is_link ? "it is a symbolic link, which is not followed" : "it is no folder";
}

std::string temporary_name() {
  std::array<unsigned char, 12> random{};
  if (::getentropy(random.data(), random.size()) != 0) return {};
  std::string name = ".nbcrawl-";
  for (const unsigned char byte : random) append_hex(name, byte);
  return name;
}

/// 0, or the errno of what went wrong.
int synced(int fd) noexcept {
  while (::fsync(fd) != 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

int folder_synced(int directory) noexcept {
  const UniqueFd readable(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));  // O_PATH knows no fsync
  return readable ? synced(readable.get()) : errno;
}

}  // namespace

Result<OutputDirectory> OutputDirectory::open(const std::string& path) {
  std::error_code cause;
  std::filesystem::create_directories(path, cause);
  if (cause) return std::unexpected(failure(cause.value(), "can't create the folder " + path));
  UniqueFd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) return std::unexpected(failure(errno, "can't open the folder " + path));
  return OutputDirectory(std::move(directory), path);
}

Result<PendingFile> OutputDirectory::create(std::string_view relative_path, FileAccess access) const {
  if (!stays_below(relative_path)) {
    return std::unexpected(
        failure(EINVAL, "can't write '" + std::string(relative_path) + "'", "no file below " + path_));
  }
  std::string path = joined(path_, relative_path);
  if (reserved_.contains(relative_path))
    return std::unexpected(failure(EEXIST, "can't write " + path, "this run reads or writes it itself"));
  // Made step by step it could be longer, but no program could open it by this path.
  if (path.size() >= PATH_MAX) return std::unexpected(failure(ENAMETOOLONG, "can't write " + path));
  const std::size_t slash = relative_path.rfind('/');
  auto folder = open_folder(slash == std::string_view::npos ? std::string_view{} : relative_path.substr(0, slash));
  if (!folder) return std::unexpected(std::move(folder.error()));
  PendingFile file(std::move(*folder), std::move(path));
  if (auto created = file.create_temporary(access); !created) return std::unexpected(std::move(created.error()));
  return file;
}

void OutputDirectory::reserve(const std::filesystem::path& place) {
  std::error_code unknown;
  const auto folder = std::filesystem::canonical(path_, unknown);
  if (!unknown) reserved_.insert(place.lexically_relative(folder).string());
}

Result<UniqueFd> OutputDirectory::open_folder(std::string_view relative_path) const {
  const std::string names(relative_path.empty() ? "." : relative_path);
  if (const int found = open_folder_beneath(directory_.get(), names.c_str()); found >= 0) return UniqueFd(found);
  UniqueFd folder;
  for (std::size_t begin = 0; begin < names.size();) {
    const std::size_t end = std::min(names.find('/', begin), names.size());
    const std::string name = names.substr(begin, end - begin);
    const int parent = folder ? folder.get() : directory_.get();
    const int next = open_or_make_folder(parent, name.c_str());
    if (next < 0) {
      const int cause = errno;
      const std::string_view why = cause == ENOTDIR ? why_no_folder(parent, name.c_str()) : std::string_view{};
      return std::unexpected(failure(cause, "can't use the folder " + joined(path_, names.substr(0, end)), why));
    }
    folder.reset(next);
    begin = end + 1;
  }
  return folder;
}

PendingFile& PendingFile::operator=(PendingFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  directory_ = std::move(other.directory_);
  file_ = std::move(other.file_);
  temporary_name_ = std::move(other.temporary_name_);
  path_ = std::move(other.path_);
  return *this;
}

Result<> PendingFile::create_temporary(FileAccess access) {
  const mode_t mode = access == FileAccess::owner ? 0600 : 0666;
  // Without a name where the file system can do that: a process that is killed leaves nothing behind then. It is given
  // one by way of /proc.
  if (::access("/proc/self/fd", X_OK) == 0)
    file_.reset(::openat(directory_.get(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, mode));
  if (file_) return {};
  for (;;) {
    std::string name = temporary_name();
    const int created =
        ::openat(directory_.get(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
    if (created >= 0) {
      file_.reset(created);
      temporary_name_ = std::move(name);
      return {};
    }
    if (errno != EEXIST) return fail(errno);
  }
}

Result<> PendingFile::write(std::string_view data) {
  if (!file_) return fail(EBADF);
  while (!data.empty()) {
    const ssize_t written = ::write(file_.get(), data.data(), data.size());
    if (written > 0) {
      data.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || errno != EINTR) {
      return fail(written == 0 ? EIO : errno);
    }
  }
  return {};
}

Result<> PendingFile::commit(Durability durability) {
  if (!file_) return fail(EBADF);
  const bool sync = durability == Durability::synced;
  if (const int cause = sync ? synced(file_.get()) : 0; cause != 0) return fail(cause);
  bool has_final_name = false;
  if (temporary_name_.empty()) {
    if (const int cause = give_name(has_final_name); cause != 0) return fail(cause);
  }
  // A network file system may tell only here that it could not store the bytes. After EINTR the descriptor is gone and
  // nothing is known to have failed (close(2)).
  if (::close(file_.release()) != 0 && errno != EINTR) {
    const int cause = errno;
    if (has_final_name) ::unlinkat(directory_.get(), final_name(), 0);
    return fail(cause);
  }
  if (!has_final_name && ::renameat(directory_.get(), temporary_name_.c_str(), directory_.get(), final_name()) != 0)
    return fail(errno);
  temporary_name_.clear();
  if (const int cause = sync ? folder_synced(directory_.get()) : 0; cause != 0) return fail(cause);
  directory_.reset();
  return {};
}

int PendingFile::give_name(bool& is_final) {
  const std::string file = "/proc/self/fd/" + std::to_string(file_.get());
  const auto link = [&](const char* name) {
    return ::linkat(AT_FDCWD, file.c_str(), directory_.get(), name, AT_SYMLINK_FOLLOW) == 0 ? 0 : errno;
  };
  int cause = link(final_name());
  is_final = cause == 0;
  while (cause == EEXIST) {  // only a rename replaces what stands there
    std::string name = temporary_name();
    cause = link(name.c_str());
    if (cause == 0) temporary_name_ = std::move(name);
  }
  return cause;
}

const char* PendingFile::final_name() const noexcept { return path_.c_str() + path_.rfind('/') + 1; }

void PendingFile::discard() noexcept {
  file_.reset();
  if (directory_ && !temporary_name_.empty()) ::unlinkat(directory_.get(), temporary_name_.c_str(), 0);
  temporary_name_.clear();
  directory_.reset();
}

std::unexpected<Error> PendingFile::fail(int cause) {
  discard();
  return std::unexpected(failure(cause, "can't write " + path_));
}

}  // namespace nbcrawl
