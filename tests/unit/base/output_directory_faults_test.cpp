// What a failing system does to a file that is being written. Disk-full comes from the kernel; what it can't be made to
// do on demand comes from this program's own write(), fsync() and close(), which pass all else on.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <filesystem>
#include <string>

#include "base/output_directory.hpp"
#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

namespace {

struct Faults {
  std::size_t longest_write = SIZE_MAX;
  int interrupted_writes = 0;
  int interrupted_syncs = 0;
  int write_errno = 0;
  int sync_errno = 0;
  int close_errno = 0;
  bool no_proc = false;     // then no file can be given a name later
  bool no_tmpfile = false;  // a file system like NFS
  int writes = 0;
  int syncs = 0;
};

Faults* faults = nullptr;  // in force where it is not null

int failed(int cause) {
  errno = cause;
  return -1;
}

}  // namespace

// NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name): the names of libc are reserved ones
extern "C" ssize_t write(int fd, const void* data, std::size_t size) {
  if (faults != nullptr) {
    ++faults->writes;
    if (faults->interrupted_writes > 0) return --faults->interrupted_writes, failed(EINTR);
    if (faults->write_errno != 0) return failed(faults->write_errno);
    size = std::min(size, faults->longest_write);
  }
  return ::syscall(SYS_write, fd, data, size);
}

extern "C" int fsync(int fd) {
  if (faults != nullptr) {
    ++faults->syncs;
    if (faults->interrupted_syncs > 0) return --faults->interrupted_syncs, failed(EINTR);
    if (faults->sync_errno != 0) return failed(faults->sync_errno);
  }
  return static_cast<int>(::syscall(SYS_fsync, fd));
}

extern "C" int close(int fd) {
  const auto result = static_cast<int>(::syscall(SYS_close, fd));
  return faults != nullptr && faults->close_errno != 0 ? failed(faults->close_errno) : result;
}

extern "C" int openat(int folder, const char* path, int flags, ...) {
  std::va_list rest;
  va_start(rest, flags);
  const auto mode = va_arg(rest, mode_t);  // where there is none, the system does not look at it either
  va_end(rest);
  if (faults != nullptr && faults->no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) return failed(EOPNOTSUPP);
  return static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
}

extern "C" int access(const char* path, int mode) noexcept {
  if (faults != nullptr && faults->no_proc) return failed(ENOENT);
  return static_cast<int>(::syscall(SYS_access, path, mode));
}

namespace nbcrawl {
namespace {

namespace fs = std::filesystem;

/// Saves `text` as "f" over an older file, with the faults in force from the first write on.
struct Attempt {
  Attempt(Faults& wanted, const std::string& text, Durability durability = Durability::none) {
    put(folder.file("f"), "old");
    const auto directory = OutputDirectory::open(folder.path());
    auto file = directory->create("f");
    REQUIRE(file.has_value());
    faults = &wanted;
    written = file->write(text);
    committed = file->commit(durability);
    faults = nullptr;
  }

  /// Only the old file is there.
  void check_undone(const Error& error, int cause) const {
    CHECK(error.kind == ErrorKind::output_failed);
    CHECK(error.phase == Phase::output);
    CHECK(error.sys_errno == cause);
    CHECK(error.detail == "can't write " + folder.file("f") + ": " + std::generic_category().message(cause));
    CHECK(content(folder.file("f")) == "old");
    CHECK(entries_below(folder.path()) == 1);
  }

  TemporaryFolder folder;
  Result<> written;
  Result<> committed;
};

TEST_CASE("short and interrupted writes lose no byte") {
  const std::string text = "every one of these bytes";
  Faults short_and_interrupted{.longest_write = 5, .interrupted_writes = 3};
  const Attempt attempt(short_and_interrupted, text);
  CHECK(attempt.committed.has_value());
  CHECK(content(attempt.folder.file("f")) == text);
  CHECK(short_and_interrupted.writes == 3 + 5);
}

TEST_CASE("a write that fails, or makes no progress, leaves the old file, and commit() fails too") {
  Faults broken{.write_errno = EIO};
  Faults stuck{.longest_write = 0};
  for (Faults* wanted : {&broken, &stuck}) {
    const Attempt attempt(*wanted, "new");
    REQUIRE_FALSE(attempt.written.has_value());
    attempt.check_undone(attempt.written.error(), EIO);
    CHECK_FALSE(attempt.committed.has_value());
  }
}

TEST_CASE("a file that can't be synced does not get its name") {
  Faults broken{.sync_errno = EIO};
  const Attempt attempt(broken, "new", Durability::synced);
  CHECK(attempt.written.has_value());
  REQUIRE_FALSE(attempt.committed.has_value());
  attempt.check_undone(attempt.committed.error(), EIO);
}

TEST_CASE("a synced file is synced with its folder, interruptions or not; others are not") {
  Faults interrupted{.interrupted_syncs = 2};
  CHECK(Attempt(interrupted, "new", Durability::synced).committed.has_value());
  CHECK(interrupted.syncs == 2 + 2);
  Faults none;
  CHECK(Attempt(none, "new").committed.has_value());
  CHECK(none.syncs == 0);
}

TEST_CASE("a file that reports its failure when it is closed does not get its name") {
  Faults broken{.close_errno = EDQUOT};
  const Attempt attempt(broken, "new");
  REQUIRE_FALSE(attempt.committed.has_value());
  attempt.check_undone(attempt.committed.error(), EDQUOT);
}

TEST_CASE("a file that reports its failure when it is closed does not stay where there was none") {
  const TemporaryFolder folder;
  const auto directory = OutputDirectory::open(folder.path());
  auto file = directory->create("f");
  Faults broken{.close_errno = EDQUOT};
  faults = &broken;
  const auto committed = file->commit();
  faults = nullptr;
  CHECK_FALSE(committed);
  CHECK(entries_below(folder.path()) == 0);
}

TEST_CASE("a file that can't be nameless has a temporary name, and no other before it is complete") {
  Faults named = GENERATE(Faults{.no_proc = true}, Faults{.no_tmpfile = true});
  const TemporaryFolder folder;
  const auto directory = OutputDirectory::open(folder.path());
  faults = &named;
  auto dropped = directory->create("dropped");
  auto file = directory->create("f");
  faults = nullptr;
  REQUIRE(file->write("whole").has_value());
  CHECK(entries_below(folder.path()) == 2);
  CHECK_FALSE(fs::exists(folder.file("f")));
  dropped = std::move(file);
  CHECK(entries_below(folder.path()) == 1);
  REQUIRE(dropped->commit(Durability::synced).has_value());
  CHECK(content(folder.file("f")) == "whole");
  CHECK(entries_below(folder.path()) == 1);
}

TEST_CASE("a file over the size limit leaves the old one") {
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  Faults none;
  const Attempt attempt(none, std::string(4096, 'x'));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  REQUIRE_FALSE(attempt.written.has_value());
  CHECK(none.writes == 2);
  attempt.check_undone(attempt.written.error(), EFBIG);
}

/// Runs `body` in a child of its own and gives its exit status, so that what it does to its process does not last.
template <class Body>
int exit_status_of_child(Body body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(body());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

/// On a file system of one small page: 0 where a full disk is told and undone, else the number of the step that failed.
int fill_small_disk(const std::string& path) {
  const auto directory = OutputDirectory::open(path);
  if (!directory) return 1;
  auto old_file = directory->create("f");
  if (!old_file || !old_file->write("old") || !old_file->commit()) return 2;
  auto file = directory->create("f");
  if (!file) return 3;
  const auto written = file->write(std::string(std::size_t{1} << 20U, 'x'));
  if (written || written.error().sys_errno != ENOSPC || file->commit()) return 4;
  if (content(path + "/f") != "old" || entries_below(path) != 1) return 5;
  return 0;
}

TEST_CASE("a full disk is told, and leaves the old file and no other") {
  constexpr int not_permitted = 77;
  const TemporaryFolder folder;
  const int status = exit_status_of_child([&folder] {
    // The mount is seen by the child alone, and goes with it.
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder.path().c_str(), "tmpfs", 0, "size=64k") != 0) {
      return not_permitted;
    }
    return fill_small_disk(folder.path());
  });
  if (status == not_permitted) {
    WARN("no permission to mount a small tmpfs: not tried");
    return;
  }
  CHECK(status == 0);
}

/// Makes openat2() fail in this process as it does on a kernel that lacks it.
bool take_openat2_away() {
  std::array<sock_filter, 4> filter = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{.len = filter.size(), .filter = filter.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return false;
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) return false;
  const open_how how{};
  return ::syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof how) < 0 && errno == ENOSYS;
}

TEST_CASE("a kernel without openat2() gets the same files and the same refusals") {
  const TemporaryFolder root;
  REQUIRE(fs::create_directories(root.file("out/inside")));
  REQUIRE(fs::create_directory(root.file("outside")));
  fs::create_directory_symlink("../outside", root.file("out/link"));
  fs::create_directory_symlink("../../outside", root.file("out/inside/link"));
  const int status = exit_status_of_child([&root] {
    if (!take_openat2_away()) return 1;
    const auto directory = OutputDirectory::open(root.file("out"));
    if (!directory) return 2;
    if (auto file = directory->create("a/b/f"); !file || !file->write("text") || !file->commit()) return 3;
    if (auto file = directory->create("g"); !file || !file->commit()) return 4;
    if (directory->create("link/f") || directory->create("inside/link/a/f") || directory->create("../outside/f"))
      return 5;
    return 0;
  });
  CHECK(status == 0);
  CHECK(content(root.file("out/a/b/f")) == "text");
  CHECK(fs::exists(root.file("out/g")));
  CHECK(fs::is_empty(root.file("outside")));
}

}  // namespace
}  // namespace nbcrawl
