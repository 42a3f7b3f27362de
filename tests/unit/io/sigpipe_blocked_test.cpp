#include "io/sigpipe_blocked.hpp"

#include <future>
#include <thread>

#include "catch2_shim.hpp"
#include "unit/io/streams.hpp"

namespace nbcrawl {
namespace {

/// Writes to a pipe that nobody reads.
int errno_of_write() {
  Ends pipe = make_pipe();
  pipe.reading.reset();
  return ::write(pipe.writing.get(), "x", 1) < 0 ? errno : 0;
}

bool is_blocked() {
  sigset_t mask;
  pthread_sigmask(SIG_SETMASK, nullptr, &mask);
  return sigismember(&mask, SIGPIPE) == 1;
}

TEST_CASE("a write to a closed pipe is an error while SIGPIPE is blocked, and ends nothing after", "[sigpipe]") {
  REQUIRE(std::signal(SIGPIPE, SIG_DFL) == SIG_DFL);
  {
    const SigpipeBlocked sigpipe_blocked;
    CHECK(errno_of_write() == EPIPE);
    {
      const SigpipeBlocked again;
      CHECK(errno_of_write() == EPIPE);
    }
    CHECK(is_blocked());
  }
  CHECK_FALSE(is_blocked());
}

TEST_CASE("the end of one thread's work leaves another's blocked", "[sigpipe]") {
  std::promise<void> begun;
  std::promise<void> other_ended;
  int said = 0;
  std::thread thread;
  {
    const SigpipeBlocked sigpipe_blocked;
    thread = std::thread([&] {
      const SigpipeBlocked own;
      begun.set_value();
      other_ended.get_future().wait();
      said = errno_of_write();
    });
    begun.get_future().wait();
  }
  other_ended.set_value();
  thread.join();
  CHECK(said == EPIPE);
}

TEST_CASE("a SIGPIPE that was pending before stays so", "[sigpipe]") {
  const SigpipeBlocked whole_test;
  REQUIRE(errno_of_write() == EPIPE);
  {
    const SigpipeBlocked sigpipe_blocked;
    CHECK(errno_of_write() == EPIPE);
  }
  CHECK(is_signal_pending(SIGPIPE));
}

}  // namespace
}  // namespace nbcrawl
