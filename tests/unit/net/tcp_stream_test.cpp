#include <unistd.h>

#include <array>
#include <string>

#include "catch2_shim.hpp"
#include "listener.hpp"
#include "net/stream.hpp"
#include "socket_pair.hpp"

using namespace nbcrawl;

namespace {

/// A stream over TCP and the server's end of it, which blocks.
struct Connected {
  Connected() : fd(new_socket(AF_INET)) {
    const Listener listener;
    ::connect(fd.get(), listener.address.data(), listener.address.size());
    pollfd done{.fd = fd.get(), .events = POLLOUT, .revents = 0};
    REQUIRE(::poll(&done, 1, 5000) == 1);
    server = listener.accept();
    REQUIRE(server);
  }
  /// Closes the server's end with a reset.
  void reset() {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(server.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    server.reset();
  }
  UniqueFd fd;
  UniqueFd server;
};

}  // namespace

TEST_CASE("a read takes what is there, tells whether there may be more, and does not wait") {
  SocketPair pair;
  TcpStream stream(std::move(pair.ours));
  std::array<char, 4> buffer{};
  CHECK(stream.read(buffer).status == IoStatus::would_block);

  REQUIRE(::send(pair.theirs.get(), "abcdef", 6, 0) == 6);
  IoResult result = stream.read(buffer);
  CHECK(result.status == IoStatus::ok);
  CHECK(result.bytes == 4);
  CHECK(result.more);
  CHECK(std::string(buffer.data(), 4) == "abcd");
  result = stream.read(buffer);
  CHECK(result.bytes == 2);
  CHECK_FALSE(result.more);
  CHECK(stream.read(buffer).status == IoStatus::would_block);

  pair.theirs.reset();
  CHECK(stream.read(buffer).status == IoStatus::closed);
  CHECK(stream.read(buffer).status == IoStatus::closed);
}

TEST_CASE("a write takes as much as fits, then would wait") {
  SocketPair pair;
  TcpStream stream(std::move(pair.ours));
  const std::string text(100'000, 'x');
  std::size_t written = 0;
  IoResult result;
  while ((result = stream.write(text)).status == IoStatus::ok) {
    CHECK(result.bytes > 0);
    written += result.bytes;
  }
  CHECK(result.status == IoStatus::would_block);
  CHECK(written > 0);
}

TEST_CASE("writing to a peer that is gone is an error, and no signal") {
  SocketPair pair;
  TcpStream stream(std::move(pair.ours));
  pair.theirs.reset();
  const IoResult result = stream.write(std::string_view("x"));
  CHECK(result.status == IoStatus::failed);
  CHECK(result.sys_errno == EPIPE);
  CHECK(stream.failure(result).kind == ErrorKind::connection_reset);
}

TEST_CASE("a reset is told apart from an end") {
  Connected connected;
  TcpStream stream(std::move(connected.fd));
  connected.reset();
  std::array<char, 4> buffer{};
  const IoResult result = stream.read(buffer);
  CHECK(result.status == IoStatus::failed);
  CHECK(result.sys_errno == ECONNRESET);
  const Error error = stream.failure(result);
  CHECK(error.kind == ErrorKind::connection_reset);
  CHECK(error.phase == Phase::response);
  CHECK(error.detail.ends_with("Connection reset by peer"));
}

TEST_CASE("a plain stream has no handshake, nothing buffered, and wants what it is asked for") {
  SocketPair pair;
  TcpStream stream(std::move(pair.ours));
  CHECK(stream.fileno() >= 0);
  CHECK(stream.handshake().status == IoStatus::ok);
  CHECK_FALSE(stream.has_buffered());
  const Interest wanted = stream.wanted({.readable = true, .writable = false});
  CHECK(wanted.readable);
  CHECK_FALSE(wanted.writable);
}

TEST_CASE("a peer that answers nothing any more has cost the connection, not the job its time") {
  const SocketPair pair;
  const TcpStream stream(UniqueFd(::dup(pair.ours.get())));
  const Error error = stream.failure({.status = IoStatus::failed, .sys_errno = ETIMEDOUT});
  CHECK(error.kind == ErrorKind::connection_reset);
  CHECK(error.sys_errno == ETIMEDOUT);
  CHECK(error.detail == "the connection failed: Connection timed out");
}
