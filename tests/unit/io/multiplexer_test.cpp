// The conformance suite of the multiplexers: what one of them promises all of them keep.

#include "io/multiplexer.hpp"

#include <netinet/in.h>
#include <poll.h>
#include <sys/time.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "unit/io/descriptors.hpp"
#include "unit/io/every_multiplexer.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono_literals;

constexpr Interest reading{.readable = true};
constexpr Interest writing{.writable = true};
constexpr Interest both{.readable = true, .writable = true};
constexpr Token token{.slot = 7, .generation = 3};

/// Long enough that only a report can have ended the wait.
constexpr Duration patience = 20s;

struct Backend {
  explicit Backend(MultiplexerKind kind) {
    auto made = make_multiplexer(kind);
    REQUIRE(made);
    multiplexer = std::move(*made);
  }

  std::unique_ptr<Multiplexer> multiplexer;
  std::vector<Ready> ready;

  /// The reports of one look that does not wait.
  const std::vector<Ready>& look() { return wait(Duration::zero()); }
  const std::vector<Ready>& wait(Duration timeout) {
    REQUIRE(multiplexer->wait(timeout, ready));
    return ready;
  }
};

void fill(int fd) {
  const std::string block(1 << 16, 'x');
  while (::send(fd, block.data(), block.size(), MSG_NOSIGNAL) > 0) {
  }
  REQUIRE(errno == EAGAIN);
}

void drain(int fd) {
  char block[1 << 16];
  while (::recv(fd, block, sizeof block, 0) > 0) {
  }
  REQUIRE(errno == EAGAIN);
}

void put_byte(int fd) { REQUIRE(::send(fd, "x", 1, MSG_NOSIGNAL) == 1); }

TEMPLATE_TEST_CASE("a multiplexer is of the kind that was asked for", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  CHECK(backend.multiplexer->kind() == TestType::kind);
}

TEST_CASE("the kinds bear the names of the command line", "[multiplexer]") {
  CHECK(name(MultiplexerKind::select) == "select");
  CHECK(name(MultiplexerKind::poll) == "poll");
  CHECK(name(MultiplexerKind::epoll) == "epoll");
}

TEMPLATE_TEST_CASE("nothing is reported while nothing is ready, and old reports are gone", "[multiplexer]", Select,
                   Poll, Epoll) {
  Backend backend(TestType::kind);
  const Pair pair = socket_pair();
  REQUIRE(backend.multiplexer->add(pair.ours.get(), reading, token));
  backend.ready.push_back({.token = {.slot = 99}, .readable = true});
  CHECK(backend.look().empty());
}

TEMPLATE_TEST_CASE("a multiplexer that watches nothing waits for the timeout", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const TimePoint begin = Clock::now();
  CHECK(backend.wait(5ms).empty());
  CHECK(Clock::now() - begin >= 5ms);
}

TEMPLATE_TEST_CASE("readable is reported for as long as bytes wait", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const Pair pair = socket_pair();
  REQUIRE(backend.multiplexer->add(pair.ours.get(), reading, token));
  put_byte(pair.theirs.get());
  for (int pass = 0; pass < 3; ++pass) {
    REQUIRE(backend.wait(patience).size() == 1);
    CHECK(backend.ready[0].token == token);
    CHECK(backend.ready[0].readable);
    CHECK_FALSE(backend.ready[0].writable);
  }
  drain(pair.ours.get());
  CHECK(backend.look().empty());
}

TEMPLATE_TEST_CASE("writable is reported for as long as there is room", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const Pair pair = socket_pair();
  REQUIRE(backend.multiplexer->add(pair.ours.get(), writing, token));
  for (int pass = 0; pass < 3; ++pass) {
    REQUIRE(backend.wait(patience).size() == 1);
    CHECK(backend.ready[0].token == token);
    CHECK(backend.ready[0].writable);
    CHECK_FALSE(backend.ready[0].readable);
  }
  fill(pair.ours.get());
  CHECK(backend.look().empty());
  drain(pair.theirs.get());
  CHECK(backend.wait(patience).size() == 1);
}

TEMPLATE_TEST_CASE("readable and writable come in one report", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const Pair pair = socket_pair();
  put_byte(pair.theirs.get());
  REQUIRE(backend.multiplexer->add(pair.ours.get(), both, token));
  REQUIRE(backend.wait(patience).size() == 1);
  CHECK(backend.ready[0].readable);
  CHECK(backend.ready[0].writable);
}

TEMPLATE_TEST_CASE("only what was asked for is reported", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const Pair pair = socket_pair();
  put_byte(pair.theirs.get());
  SECTION("writable is not asked for") {
    REQUIRE(backend.multiplexer->add(pair.ours.get(), reading, token));
    REQUIRE(backend.look().size() == 1);
    CHECK_FALSE(backend.ready[0].writable);
  }
  SECTION("readable is not asked for") {
    REQUIRE(backend.multiplexer->add(pair.ours.get(), writing, token));
    REQUIRE(backend.look().size() == 1);
    CHECK_FALSE(backend.ready[0].readable);
  }
  SECTION("nothing is asked for") {
    REQUIRE(backend.multiplexer->add(pair.ours.get(), {}, token));
    CHECK(backend.look().empty());
  }
}

TEMPLATE_TEST_CASE("a hang-up reaches whoever reads and whoever writes", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  Pair pair = socket_pair();
  pair.theirs.reset();
  SECTION("a reader") {
    REQUIRE(backend.multiplexer->add(pair.ours.get(), reading, token));
    REQUIRE(backend.wait(patience).size() == 1);
    CHECK(backend.ready[0].readable);
  }
  SECTION("a writer") {
    REQUIRE(backend.multiplexer->add(pair.ours.get(), writing, token));
    REQUIRE(backend.wait(patience).size() == 1);
    CHECK(backend.ready[0].writable);
  }
  SECTION("poll and epoll set both flags, and need not be asked; select can't see it then") {
    REQUIRE(backend.multiplexer->add(pair.ours.get(), {}, token));
    if (TestType::kind == MultiplexerKind::select) {
      CHECK(backend.look().empty());
    } else {
      REQUIRE(backend.wait(patience).size() == 1);
      CHECK(backend.ready[0].readable);
      CHECK(backend.ready[0].writable);
    }
  }
}

TEMPLATE_TEST_CASE("a pipe whose reader has gone is an error its writer is woken for", "[multiplexer]", Select, Poll,
                   Epoll) {
  Backend backend(TestType::kind);
  int fds[2];
  REQUIRE(::pipe2(fds, O_NONBLOCK | O_CLOEXEC) == 0);
  UniqueFd read_end(fds[0]);
  const UniqueFd write_end(fds[1]);
  const std::vector<char> block(1 << 20);
  while (::write(write_end.get(), block.data(), block.size()) > 0) {
  }
  REQUIRE(backend.multiplexer->add(write_end.get(), writing, token));
  REQUIRE(backend.look().empty());
  read_end.reset();
  REQUIRE(backend.wait(patience).size() == 1);
  CHECK(backend.ready[0].writable);
}

/// A TCP address of loopback that refuses connections for as long as the socket lives: bound, but not listening.
struct RefusingPort {
  UniqueFd holder{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};

  RefusingPort() {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(holder.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(holder.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
  }
};

TEMPLATE_TEST_CASE("a refused connect wakes whoever waits for it, and SO_ERROR names the cause", "[multiplexer]",
                   Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const RefusingPort port;
  const Interest interest = GENERATE(reading, writing, both);
  const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  REQUIRE(client);
  REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&port.address), sizeof port.address) == -1);
  REQUIRE(errno == EINPROGRESS);
  REQUIRE(backend.multiplexer->add(client.get(), interest, token));
  REQUIRE(backend.wait(patience).size() == 1);
  CHECK(backend.ready[0].readable >= interest.readable);
  CHECK(backend.ready[0].writable >= interest.writable);
  int cause = 0;
  socklen_t size = sizeof cause;
  REQUIRE(::getsockopt(client.get(), SOL_SOCKET, SO_ERROR, &cause, &size) == 0);
  CHECK(cause == ECONNREFUSED);
}

struct TcpPair : Pair {
  TcpPair() {
    const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener.get(), generic, size) == 0);
    REQUIRE(::listen(listener.get(), 1) == 0);
    REQUIRE(::getsockname(listener.get(), generic, &size) == 0);
    theirs.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(theirs.get(), generic, size) == 0);
    ours.reset(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    REQUIRE(ours);
  }
};

TEMPLATE_TEST_CASE("urgent data, which nobody reads, wakes nobody", "[multiplexer]", Select, Poll, Epoll) {
  // Else one MSG_OOB byte from a server would make the loop spin.
  Backend backend(TestType::kind);
  const TcpPair pair;
  REQUIRE(::send(pair.theirs.get(), "!", 1, MSG_OOB) == 1);
  pollfd arrived{.fd = pair.ours.get(), .events = POLLPRI, .revents = 0};
  REQUIRE(::poll(&arrived, 1, -1) == 1);
  REQUIRE(backend.multiplexer->add(pair.ours.get(), reading, token));
  CHECK(backend.look().empty());
}

TEMPLATE_TEST_CASE("modify changes the interest and the token", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const Pair pair = socket_pair();
  REQUIRE(backend.multiplexer->add(pair.ours.get(), reading, token));
  REQUIRE(backend.look().empty());

  const Token next{.slot = 8, .generation = 0xFFFFFFFF};
  REQUIRE(backend.multiplexer->modify(pair.ours.get(), writing, next));
  REQUIRE(backend.look().size() == 1);
  CHECK(backend.ready[0].token == next);
  CHECK(backend.ready[0].writable);

  REQUIRE(backend.multiplexer->modify(pair.ours.get(), reading, next));
  CHECK(backend.look().empty());
  REQUIRE(backend.multiplexer->modify(pair.ours.get(), {}, next));
  CHECK(backend.look().empty());
}

TEMPLATE_TEST_CASE("a removed descriptor is not reported and can be added again", "[multiplexer]", Select, Poll,
                   Epoll) {
  Backend backend(TestType::kind);
  const Pair pair = socket_pair();
  REQUIRE(backend.multiplexer->add(pair.ours.get(), both, token));
  REQUIRE(backend.look().size() == 1);
  backend.multiplexer->remove(pair.ours.get());
  CHECK(backend.look().empty());
  backend.multiplexer->remove(pair.ours.get());
  backend.multiplexer->remove(-1);
  backend.multiplexer->remove(100'000);
  CHECK(backend.look().empty());

  const Token next{.slot = 1, .generation = 4};
  REQUIRE(backend.multiplexer->add(pair.ours.get(), writing, next));
  REQUIRE(backend.look().size() == 1);
  CHECK(backend.ready[0].token == next);
}

TEMPLATE_TEST_CASE("a wait ends no earlier than asked", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const EventCounter idle;
  REQUIRE(backend.multiplexer->add(idle.fd(), reading, token));
  const Duration timeout = GENERATE(as<Duration>(), 0ms, 1us, 999us, 1001us, 1ms, 7ms, 10'100us, 30ms);
  const TimePoint begin = Clock::now();
  CHECK(backend.wait(timeout).empty());
  CHECK(Clock::now() - begin >= timeout);
}

TEMPLATE_TEST_CASE("a timeout that has passed already only looks", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const EventCounter counter;
  REQUIRE(backend.multiplexer->add(counter.fd(), reading, token));
  CHECK(backend.wait(-1h).empty());
  CHECK(backend.wait(Duration::min()).empty());
  counter.signal();
  CHECK(backend.wait(-1h).size() == 1);
}

TEMPLATE_TEST_CASE("what is ready ends a wait at once, however long the timeout", "[multiplexer]", Select, Poll,
                   Epoll) {
  Backend backend(TestType::kind);
  const EventCounter counter;
  counter.signal();
  REQUIRE(backend.multiplexer->add(counter.fd(), reading, token));
  CHECK(backend.wait(Duration::max()).size() == 1);
  REQUIRE(backend.multiplexer->wait(std::nullopt, backend.ready));
  CHECK(backend.ready.size() == 1);
}

/// Interrupts the process again and again, so that a wait that begins after one signal is ended by the next.
class Interruptions {
 public:
  Interruptions() {
    struct sigaction action{};
    action.sa_handler = [](int) {};
    REQUIRE(::sigaction(SIGALRM, &action, &before_) == 0);
    const itimerval every{.it_interval = {.tv_sec = 0, .tv_usec = 5000}, .it_value = {.tv_sec = 0, .tv_usec = 5000}};
    REQUIRE(::setitimer(ITIMER_REAL, &every, nullptr) == 0);
  }
  ~Interruptions() {
    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before_, nullptr);
  }

 private:
  struct sigaction before_{};
};

TEMPLATE_TEST_CASE("an interrupted wait is an empty report, not an error", "[multiplexer]", Select, Poll, Epoll) {
  Backend backend(TestType::kind);
  const EventCounter idle;
  REQUIRE(backend.multiplexer->add(idle.fd(), reading, token));
  const Interruptions interruptions;
  const TimePoint begin = Clock::now();
  const auto waited = backend.multiplexer->wait(patience, backend.ready);
  CHECK(waited);
  CHECK(backend.ready.empty());
  CHECK(Clock::now() - begin < patience);
}

TEMPLATE_TEST_CASE("a regular file is always ready, but epoll refuses it with EPERM", "[multiplexer]", Select, Poll,
                   Epoll) {
  Backend backend(TestType::kind);
  const UniqueFd file = regular_file();
  const auto added = backend.multiplexer->add(file.get(), both, token);
  if (TestType::kind == MultiplexerKind::epoll) {
    REQUIRE_FALSE(added);
    CHECK(added.error().kind == ErrorKind::system_failed);
    CHECK(added.error().sys_errno == EPERM);
    CHECK(added.error().detail.find(std::to_string(file.get())) != std::string::npos);
    return;
  }
  REQUIRE(added);
  REQUIRE(backend.look().size() == 1);
  CHECK(backend.ready[0].readable);
  CHECK(backend.ready[0].writable);
}

TEMPLATE_TEST_CASE("a number that can't be a descriptor is refused with an error value", "[multiplexer]", Select, Poll,
                   Epoll) {
  Backend backend(TestType::kind);
  CHECK_FALSE(backend.multiplexer->add(-1, reading, token));
  CHECK(backend.look().empty());
}

}  // namespace
}  // namespace nbcrawl
