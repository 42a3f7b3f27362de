#include "base/output_directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

namespace nbcrawl {
namespace {

namespace fs = std::filesystem;
using std::string_literals::operator""s;

/// An output folder `out`, and beside it a folder that nothing may be written to.
struct Folders {
  Folders() { REQUIRE(fs::create_directory(outside)); }

  [[nodiscard]] bool outside_is_empty() const { return fs::is_empty(outside); }

  TemporaryFolder root;
  std::string out = root.file("out");
  std::string outside = root.file("outside");
  OutputDirectory directory = *OutputDirectory::open(out);
};

Result<std::string> save(const OutputDirectory& directory, std::string_view path, std::string_view text) {
  auto file = directory.create(path);
  if (!file) return std::unexpected(file.error());
  if (auto written = file->write(text); !written) return std::unexpected(written.error());
  if (auto committed = file->commit(); !committed) return std::unexpected(committed.error());
  return file->path();
}

std::string below(const std::string& folder, const std::string& name) { return folder + "/" + name; }

void check_refused(const Result<std::string>& saved, int cause, const std::string& named) {
  REQUIRE_FALSE(saved.has_value());
  CHECK(saved.error().kind == ErrorKind::output_failed);
  CHECK(saved.error().phase == Phase::output);
  CHECK(saved.error().sys_errno == cause);
  CHECK_THAT(saved.error().detail, Catch::Matchers::Contains(named));
}

mode_t mode_of(const std::string& path) {
  struct stat status{};
  REQUIRE(::lstat(path.c_str(), &status) == 0);
  return status.st_mode;
}

TEST_CASE_METHOD(Folders, "a reserved place is not written, however the folder's own path leads there") {
  const std::string link = root.file("link");
  fs::create_directory_symlink(out, link);
  OutputDirectory linked = *OutputDirectory::open(link);
  linked.reserve(fs::canonical(out) / "own.txt");
  linked.reserve(fs::canonical(out) / "sub" / "own.txt");
  linked.reserve(fs::canonical(outside) / "else.txt");
  check_refused(save(linked, "own.txt", "page"), EEXIST, "own.txt: this run reads or writes it itself");
  check_refused(save(linked, "sub/own.txt", "page"), EEXIST, "sub/own.txt");
  CHECK(save(linked, "else.txt", "page"));
  CHECK(save(linked, "sub/own.txt.2", "page"));
}

TEST_CASE("an output folder is created with its parents") {
  const TemporaryFolder root;
  const auto directory = OutputDirectory::open(root.file("a/b/c/"));
  REQUIRE(directory.has_value());
  CHECK(save(*directory, "f", "text") == root.file("a/b/c/f"));
  CHECK(content(root.file("a/b/c/f")) == "text");
}

TEST_CASE("an output folder may itself be reached through a symbolic link") {
  const Folders folders;
  fs::create_directory_symlink(folders.out, folders.root.file("link"));
  const auto directory = OutputDirectory::open(folders.root.file("link"));
  REQUIRE(directory.has_value());
  CHECK(save(*directory, "a/f", "text").has_value());
  CHECK(content(folders.out + "/a/f") == "text");
}

TEST_CASE("an output folder that can't be is an error that names it") {
  const TemporaryFolder root;
  put(root.file("file"), "text");
  for (const std::string& path : {root.file("file"), root.file("file/below"), ""s}) {
    const auto directory = OutputDirectory::open(path);
    REQUIRE_FALSE(directory.has_value());
    CHECK(directory.error().kind == ErrorKind::output_failed);
    CHECK(directory.error().sys_errno != 0);
    CHECK_THAT(directory.error().detail, Catch::Matchers::Contains("folder " + path));
  }
}

TEST_CASE("folders on the way to a file are made, or used where they are") {
  const Folders folders;
  CHECK(save(folders.directory, "a/b/one", "1") == folders.out + "/a/b/one");
  CHECK(save(folders.directory, "a/b/two", "2") == folders.out + "/a/b/two");
  CHECK(content(folders.out + "/a/b/one") == "1");
  CHECK(content(folders.out + "/a/b/two") == "2");
}

TEST_CASE("files and folders get the permissions that the umask leaves") {
  const Folders folders;
  const mode_t before = ::umask(027);
  const auto saved = save(folders.directory, "a/f", "text");
  ::umask(before);
  REQUIRE(saved.has_value());
  CHECK(mode_of(folders.out + "/a/f") == (S_IFREG | 0640));
  CHECK(mode_of(folders.out + "/a") == (S_IFDIR | 0750));
}

TEST_CASE("a path that is no name below the folder is refused") {
  const Folders folders;
  const std::string absolute = folders.outside + "/f";
  for (const std::string& path : {""s, "/"s, "."s, ".."s, "a/"s, "/a"s, "a//b"s, "./a"s, "a/."s, "../outside/f"s,
                                  "a/../../outside/f"s, "a/.."s, "a\0b"s, "a/\0"s, "f\0/../../outside/f"s, absolute}) {
    INFO(path);
    check_refused(save(folders.directory, path, "text"), EINVAL, path);
  }
  CHECK(fs::is_empty(folders.out));
  CHECK(folders.outside_is_empty());
}

TEST_CASE("names that only look dangerous stay names below the folder") {
  const Folders folders;
  for (const std::string& name :
       {"..."s, "..a"s, "a.."s, "-rf"s, "%2e%2e%2f"s, R"(\..\x)"s, "a\nb"s, "\xff\xfe"s, "~"s, "C:"s}) {
    INFO(name);
    const auto saved = save(folders.directory, below(name, name), name);
    CHECK(saved == below(folders.out, below(name, name)));
    CHECK(content(*saved) == name);
  }
  CHECK(folders.outside_is_empty());
}

TEST_CASE("a name that is too long is an error that names it") {
  const Folders folders;
  const std::string name(300, 'x');
  check_refused(save(folders.directory, name, "text"), ENAMETOOLONG, name);
  check_refused(save(folders.directory, name + "/f", "text"), ENAMETOOLONG, name);
  CHECK(fs::is_empty(folders.out));
}

TEST_CASE("a path that no program could open, being longer than PATH_MAX, is refused before a folder is made") {
  const Folders folders;
  std::string path = "f";
  while (folders.out.size() + 1 + path.size() + 2 < PATH_MAX) path.insert(0, "d/");
  CHECK(save(folders.directory, path, "text").has_value());
  // One by one: remove_all() has a descriptor open for each level, and 1024 are all that most systems allow.
  int removed = 0;
  for (fs::path each = folders.out + "/" + path; each != folders.out; each = each.parent_path())
    removed += fs::remove(each);
  CHECK(removed > 1000);
  check_refused(save(folders.directory, "e/" + path, "text"), ENAMETOOLONG, "e/" + path);
  CHECK(fs::is_empty(folders.out));
}

TEST_CASE("a symbolic link on the way is not followed, wherever it leads") {
  const Folders folders;
  fs::create_directories(folders.out + "/inside/deep");
  fs::create_directory(folders.outside + "/deep");
  fs::create_directory_symlink(folders.outside, folders.out + "/absolute");
  fs::create_directory_symlink("../outside", folders.out + "/relative");
  fs::create_directory_symlink("/proc/self/root" + folders.outside, folders.out + "/magic");
  fs::create_directory_symlink("../outside/none", folders.out + "/dangling");
  fs::create_directory_symlink("inside", folders.out + "/harmless");
  fs::create_directory_symlink("..", folders.out + "/inside/up");
  for (const std::string name : {"absolute", "relative", "magic", "dangling", "harmless", "inside/up"}) {
    INFO(name);
    check_refused(save(folders.directory, name + "/f", "text"), ENOTDIR,
                  folders.out + "/" + name + ": it is a symbolic");
    check_refused(save(folders.directory, name + "/a/f", "text"), ENOTDIR, folders.out + "/" + name);
    check_refused(save(folders.directory, name + "/deep/f", "text"), ENOTDIR, folders.out + "/" + name);
  }
  CHECK(entries_below(folders.outside) == 1);
  CHECK(entries_below(folders.out) == 8);
}

TEST_CASE("a folder that becomes a symbolic link while a file is written leads nowhere else") {
  const Folders folders;
  auto file = folders.directory.create("a/f");
  REQUIRE(file.has_value());
  fs::rename(folders.out + "/a", folders.out + "/moved");
  fs::create_directory_symlink(folders.outside, folders.out + "/a");
  REQUIRE(file->write("text").has_value());
  REQUIRE(file->commit().has_value());
  CHECK(folders.outside_is_empty());
  CHECK(content(folders.out + "/moved/f") == "text");
}

TEST_CASE("a file where a folder must be is an error that names it, and stays as it is") {
  const Folders folders;
  put(folders.out + "/a", "old");
  check_refused(save(folders.directory, "a/b/f", "text"), ENOTDIR, folders.out + "/a: it is no folder");
  CHECK(content(folders.out + "/a") == "old");
}

TEST_CASE("a folder at the file's name is an error that names it, and stays as it is") {
  const Folders folders;
  REQUIRE(save(folders.directory, "a/f", "old").has_value());
  check_refused(save(folders.directory, "a", "text"), EISDIR, "can't write " + folders.out + "/a: ");
  CHECK(content(folders.out + "/a/f") == "old");
  CHECK(entries_below(folders.out) == 2);
}

TEST_CASE("a symbolic link at the file's name is replaced, and what it leads to untouched") {
  const Folders folders;
  const std::string target = folders.root.file("target");
  put(target, "old");
  fs::create_symlink(target, folders.out + "/to_file");
  fs::create_symlink(folders.outside + "/none", folders.out + "/dangling");
  fs::create_directory_symlink(folders.outside, folders.out + "/to_folder");
  for (const std::string name : {"to_file", "dangling", "to_folder"}) {
    INFO(name);
    REQUIRE(save(folders.directory, name, "new").has_value());
    CHECK(S_ISREG(mode_of(folders.out + "/" + name)));
    CHECK(content(folders.out + "/" + name) == "new");
  }
  CHECK(content(target) == "old");
  CHECK(folders.outside_is_empty());
}

TEST_CASE("a FIFO or a socket at the file's name is replaced without being opened") {
  const Folders folders;
  REQUIRE(::mkfifo((folders.out + "/fifo").c_str(), 0600) == 0);
  REQUIRE(::mknod((folders.out + "/socket").c_str(), S_IFSOCK | 0600, 0) == 0);
  for (const std::string name : {"fifo", "socket"}) {
    REQUIRE(save(folders.directory, name, "new").has_value());
    CHECK(S_ISREG(mode_of(folders.out + "/" + name)));
    CHECK(content(folders.out + "/" + name) == "new");
  }
}

TEST_CASE("a read-only file at the file's name is replaced as a whole") {
  const Folders folders;
  put(folders.out + "/f", "old");
  REQUIRE(::link((folders.out + "/f").c_str(), (folders.out + "/other_name").c_str()) == 0);
  REQUIRE(::chmod((folders.out + "/f").c_str(), 0444) == 0);
  REQUIRE(save(folders.directory, "f", "new").has_value());
  CHECK(content(folders.out + "/f") == "new");
  CHECK(content(folders.out + "/other_name") == "old");
}

TEST_CASE("until it is committed a file changes nothing that is seen under its name") {
  const Folders folders;
  put(folders.out + "/f", "old");
  {
    auto file = folders.directory.create("f");
    REQUIRE(file.has_value());
    REQUIRE(file->write("half of the n").has_value());
    CHECK(content(folders.out + "/f") == "old");
    CHECK(entries_below(folders.out) == 1);  // nor is there another name, which a kill would leave
  }
  CHECK(content(folders.out + "/f") == "old");
  CHECK(entries_below(folders.out) == 1);
}

TEST_CASE("two files of one name are both whole, and the last one committed stays") {
  const Folders folders;
  auto first = folders.directory.create("f");
  auto second = folders.directory.create("f");
  REQUIRE(first->write("first, and longer").has_value());
  REQUIRE(second->write("second").has_value());
  REQUIRE(second->commit().has_value());
  CHECK(content(folders.out + "/f") == "second");
  REQUIRE(first->commit().has_value());
  CHECK(content(folders.out + "/f") == "first, and longer");
  CHECK(entries_below(folders.out) == 1);
}

TEST_CASE("a pending file that is moved keeps its bytes; one that is moved over is gone") {
  const Folders folders;
  auto kept = folders.directory.create("kept");
  auto lost = folders.directory.create("lost");
  REQUIRE(kept->write("be").has_value());
  *lost = std::move(*kept);
  PendingFile moved = std::move(*lost);
  REQUIRE(moved.write("gun").has_value());
  REQUIRE(moved.commit(Durability::synced).has_value());
  CHECK(content(folders.out + "/kept") == "begun");
  CHECK(entries_below(folders.out) == 1);
}

TEST_CASE("a file is committed once, and takes nothing after that") {
  const Folders folders;
  auto file = folders.directory.create("f");
  REQUIRE(file->commit().has_value());
  CHECK_FALSE(file->write("late").has_value());
  CHECK_FALSE(file->commit().has_value());
  CHECK(content(folders.out + "/f").empty());
}

}  // namespace
}  // namespace nbcrawl
