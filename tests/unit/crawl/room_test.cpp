#include "crawl/room.hpp"

#include <cerrno>
#include <memory>
#include <optional>
#include <utility>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

/// So many attempts under way, so many connections idle; a closed one is counted.
struct FakeFetching final : Fetching {
  void start(Attempt&& /*attempt*/) override { ++under_way; }
  [[nodiscard]] std::size_t active() const noexcept override { return under_way; }
  void pause() override {}
  void resume() override {}
  [[nodiscard]] bool paused() const noexcept override { return false; }
  bool discard_idle() override {
    closed += idle;
    return std::exchange(idle, 0) > 0;
  }
  void abort_all(const Error& /*error*/) override { under_way = 0; }

  std::size_t under_way = 0;
  std::size_t idle = 0;
  std::size_t closed = 0;
};

struct Fixture {
  std::unique_ptr<EventLoop> loop = std::move(*EventLoop::create(std::nullopt));
  FakeFetching fetching;
  Room room{*loop, 8};
  Error no_descriptor{.kind = ErrorKind::out_of_descriptors, .phase = Phase::connect, .sys_errno = EMFILE};
  Error no_port{.kind = ErrorKind::connect_failed, .phase = Phase::connect, .sys_errno = EADDRNOTAVAIL};
};

TEST_CASE_METHOD(Fixture, "where others are under way a shortage waits for them, with fewer at once", "[room]") {
  room.on_begin(3);
  fetching.under_way = 3;
  CHECK(room.may_come(no_descriptor, fetching));
  CHECK(room.transfers() == 3);
}

TEST_CASE_METHOD(Fixture, "idle connections are closed once, until a transfer has found room", "[room]") {
  fetching.under_way = 2;
  fetching.idle = 5;
  CHECK(room.may_come(no_descriptor, fetching));
  CHECK(fetching.closed == 5);
  fetching.idle = 1;
  CHECK(room.may_come(no_descriptor, fetching));
  CHECK(fetching.closed == 5);
  room.on_done();
  CHECK(room.may_come(no_descriptor, fetching));
  CHECK(fetching.closed == 6);
}

TEST_CASE_METHOD(Fixture, "who was tried alone, when nothing idle was left, fails at the second try", "[room]") {
  room.on_begin(0);
  CHECK(room.may_come(no_descriptor, fetching));  // an idle connection may have been closed since
  room.on_begin(0);
  CHECK_FALSE(room.may_come(no_descriptor, fetching));
}

TEST_CASE_METHOD(Fixture, "who began beside others that ended since is tried alone first", "[room]") {
  room.on_begin(1);
  CHECK(room.may_come(no_descriptor, fetching));
  CHECK(room.may_come(no_descriptor, fetching));
  CHECK(room.transfers() == 1);
}

TEST_CASE_METHOD(Fixture, "a port does not come free with an idle connection", "[room]") {
  fetching.idle = 5;
  fetching.under_way = 1;
  room.on_begin(1);
  CHECK(room.may_come(no_port, fetching));
  CHECK(fetching.closed == 0);
}

TEST_CASE_METHOD(Fixture, "a shortage is what others give back", "[room]") {
  CHECK(is_shortage(no_descriptor, 0));
  CHECK(is_shortage(no_port, 1));
  CHECK_FALSE(is_shortage(no_port, 0));
  CHECK(is_shortage({.kind = ErrorKind::connect_failed, .phase = Phase::connect, .sys_errno = ENOBUFS}, 0));
  CHECK_FALSE(is_shortage({.kind = ErrorKind::connect_failed, .phase = Phase::connect, .sys_errno = ECONNREFUSED}, 1));
  CHECK_FALSE(is_shortage({.kind = ErrorKind::connection_reset, .phase = Phase::response, .sys_errno = ENOMEM}, 1));
}

}  // namespace
}  // namespace nbcrawl
