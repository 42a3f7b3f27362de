#include "serve/open_beneath.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

using namespace nbcrawl;

namespace {

/// A folder with a secret beside it, and every way to it that a symbolic link can be.
struct Tree {
  Tree() {
    folder.write("secret", "secret");
    folder.write("root/page", "page");
    folder.write("root/sub/page", "sub page");
    std::filesystem::create_symlink("../secret", root() / "out");
    std::filesystem::create_symlink(folder.file("secret"), root() / "absolute");
    std::filesystem::create_directory_symlink("..", root() / "up");
    std::filesystem::create_symlink("sub/page", root() / "in");
    std::filesystem::create_symlink("loop", root() / "loop");
    ::mkfifo((root() / "fifo").c_str(), 0600);
    fd = UniqueFd(::open(root().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  [[nodiscard]] std::filesystem::path root() const { return folder.file("root"); }

  TemporaryFolder folder;
  UniqueFd fd;
};

std::string content(const Result<UniqueFd>& file) {
  if (!file) return "errno " + std::to_string(file.error().sys_errno);
  std::array<char, 64> bytes;
  const ssize_t count = ::read(file->get(), bytes.data(), bytes.size());
  return {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
}

}  // namespace

TEST_CASE("files below the folder are opened, and none outside of it, with and without openat2") {
  const Tree tree;
  const auto open = GENERATE(&open_beneath, &walk_beneath);
  CHECK(content(open(tree.fd.get(), "page")) == "page");
  CHECK(content(open(tree.fd.get(), "sub/page")) == "sub page");
  for (const char* path : {"out", "absolute", "up/secret", "../secret", "sub/../../secret", "/etc/passwd",
                           "up/root/page", "loop", "missing", "page/x", "", "sub/missing/page"}) {
    CAPTURE(path);
    CHECK_FALSE(open(tree.fd.get(), path));
  }
}

TEST_CASE("a link that stays below is followed by openat2 alone") {
  const Tree tree;
  const auto followed = open_beneath(tree.fd.get(), "in");
  if (!followed && followed.error().sys_errno == ELOOP) return;  // this kernel has no openat2
  CHECK(content(followed) == "sub page");
  CHECK_FALSE(walk_beneath(tree.fd.get(), "in"));
}

TEST_CASE("a FIFO that nobody writes to does not hold up whoever opens it") {
  const Tree tree;
  CHECK(open_beneath(tree.fd.get(), "fifo"));
  CHECK(walk_beneath(tree.fd.get(), "fifo"));
}
