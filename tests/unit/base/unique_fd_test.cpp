#include "base/unique_fd.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <type_traits>
#include <utility>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) != -1 || errno != EBADF; }

int open_one() {
  const int fd = ::eventfd(0, EFD_CLOEXEC);
  REQUIRE(fd >= 0);
  return fd;
}

static_assert(!std::is_copy_constructible_v<UniqueFd> && !std::is_copy_assignable_v<UniqueFd>);
static_assert(std::is_nothrow_move_constructible_v<UniqueFd> && std::is_nothrow_move_assignable_v<UniqueFd>);
static_assert(!std::is_convertible_v<int, UniqueFd>);

TEST_CASE("a UniqueFd without a descriptor is false and closes nothing") {
  const UniqueFd none;
  CHECK_FALSE(none);
  CHECK(none.get() == -1);
}

TEST_CASE("descriptor 0 is one like any other") {
  UniqueFd zero(0);
  CHECK(zero);
  CHECK(zero.release() == 0);
}

TEST_CASE("a UniqueFd closes its descriptor when it goes") {
  const int fd = open_one();
  {
    const UniqueFd owner(fd);
    CHECK(owner);
    CHECK(owner.get() == fd);
  }
  CHECK_FALSE(is_open(fd));
}

TEST_CASE("moving hands the descriptor over") {
  const int fd = open_one();
  UniqueFd from(fd);
  UniqueFd to(std::move(from));
  CHECK(from.get() == -1);  // NOLINT(bugprone-use-after-move): what is left behind is what this test is about
  CHECK(to.get() == fd);
  CHECK(is_open(fd));
}

TEST_CASE("move assignment closes what was held") {
  const int first = open_one();
  const int second = open_one();
  UniqueFd owner(first);
  UniqueFd other(second);
  owner = std::move(other);
  CHECK_FALSE(is_open(first));
  CHECK(is_open(second));
  CHECK(owner.get() == second);
  CHECK(other.get() == -1);  // NOLINT(bugprone-use-after-move)
}

TEST_CASE("move assignment to itself keeps the descriptor") {
  const int fd = open_one();
  UniqueFd owner(fd);
  UniqueFd& same = owner;
  owner = std::move(same);
  CHECK(owner.get() == fd);
  CHECK(is_open(fd));
}

TEST_CASE("release gives the descriptor away without closing it") {
  UniqueFd owner(open_one());
  const int fd = owner.release();
  CHECK_FALSE(owner);
  CHECK(is_open(fd));
  ::close(fd);
}

TEST_CASE("reset closes the old descriptor and takes the new one") {
  const int first = open_one();
  const int second = open_one();
  UniqueFd owner(first);
  owner.reset(second);
  CHECK_FALSE(is_open(first));
  CHECK(owner.get() == second);
  owner.reset();
  CHECK_FALSE(is_open(second));
  CHECK_FALSE(owner);
}

}  // namespace
}  // namespace nbcrawl
