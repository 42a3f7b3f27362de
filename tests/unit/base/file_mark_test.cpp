#include "base/file_mark.hpp"

#include <fcntl.h>

#include <cerrno>
#include <fstream>
#include <string>

#include "base/unique_fd.hpp"
#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

namespace nbcrawl {
namespace {

std::optional<std::uint64_t> mark_of(const TemporaryFolder& folder, const std::string& bytes, std::uint64_t end) {
  std::ofstream(folder.file("file"), std::ios::trunc) << bytes;
  const UniqueFd file(::open(folder.file("file").c_str(), O_RDONLY | O_CLOEXEC));
  return file_mark(file.get(), end);
}

TEST_CASE("the end of a file is known again by the bytes before it, whatever follows", "[file_mark]") {
  const TemporaryFolder folder;
  for (const std::size_t size : {0U, 1U, 4095U, 4096U, 4097U, 10'000U}) {
    const std::string bytes(size, 'x');
    const auto mark = mark_of(folder, bytes, size);
    REQUIRE(mark);
    CHECK(mark_of(folder, bytes + "half a rec", size) == mark);
    if (size == 0) continue;
    CHECK(mark_of(folder, bytes.substr(1) + "y", size) != mark);
    std::string other = bytes;
    other[size - std::min<std::size_t>(size, marked_bytes)] = 'y';
    CHECK(mark_of(folder, other, size) != mark);
  }
}

TEST_CASE("a file that ends before has no mark", "[file_mark]") {
  const TemporaryFolder folder;
  CHECK_FALSE(mark_of(folder, "short", 6));
  CHECK(errno == EIO);
}

}  // namespace
}  // namespace nbcrawl
