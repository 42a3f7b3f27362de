#include "net/tunnel_stream.hpp"

#include <unistd.h>

#include "catch2_shim.hpp"
#include "net/http_connect.hpp"
#include "net/socks5_connect.hpp"
#include "unit/net/socket_pair.hpp"

using namespace nbcrawl;
using namespace std::string_literals;

namespace {

struct Peer {
  SocketPair sockets;
  std::unique_ptr<TunnelStream> stream;

  explicit Peer(std::unique_ptr<ProxyHandshake> proxy)
      : stream(std::make_unique<TunnelStream>(std::make_unique<TcpStream>(std::move(sockets.ours)), std::move(proxy))) {
  }

  void say(std::string_view bytes) const {
    REQUIRE(::write(sockets.theirs.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  [[nodiscard]] std::string heard() const {
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(sockets.theirs.get(), buffer.data(), buffer.size());
    return got > 0 ? std::string(buffer.data(), static_cast<std::size_t>(got)) : std::string();
  }
};

std::unique_ptr<ProxyHandshake> http() { return std::make_unique<HttpConnect>("p:1", "site.test:443", ""); }
std::unique_ptr<ProxyHandshake> socks() {
  return std::make_unique<Socks5Connect>("p:1", "site.test", 80, Socks5Connect::Credentials{});
}

void check_passes_through(const Peer& peer) {
  peer.say("hello");
  std::array<char, 16> buffer{};
  const IoResult got = peer.stream->read(buffer);
  CHECK(std::string_view(buffer.data(), got.bytes) == "hello");
  CHECK(peer.stream->write(std::string_view("bye")).bytes == 3);
  CHECK(peer.heard() == "bye");
  CHECK(peer.stream->wanted({.readable = true, .writable = true}) == Interest{.readable = true, .writable = true});
  CHECK(peer.stream->wanted({}) == Interest{});
}

}  // namespace

TEST_CASE("the handshake waits for the proxy, byte by byte, and then the stream is the one below") {
  for (const bool with_http : {true, false}) {
    const Peer peer(with_http ? http() : socks());
    const std::string answer = with_http ? "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"s : "\5\0\5\0\0\1\0\0\0\0\0\0"s;
    std::string heard;
    for (const char byte : answer) {
      CHECK(peer.stream->handshake().status == IoStatus::would_block);
      CHECK(peer.stream->wanted({.writable = true}) == Interest{.readable = true});
      heard += peer.heard();
      peer.say({&byte, 1});
    }
    CHECK(peer.stream->handshake().status == IoStatus::ok);
    CHECK(heard == (with_http ? "CONNECT site.test:443 HTTP/1.1\r\nHost: site.test:443\r\n\r\n"s
                              : "\5\1\0\5\1\0\3\x9site.test\0\x50"s));
    check_passes_through(peer);
  }
}

TEST_CASE("what the server says right behind a SOCKS5 proxy's answer is not lost") {
  const Peer peer(socks());
  peer.say("\5\0\5\0\0\1\0\0\0\0\0\0server first"s);
  CHECK(peer.stream->handshake().status == IoStatus::ok);
  std::array<char, 64> buffer{};
  const IoResult got = peer.stream->read(buffer);
  CHECK(std::string_view(buffer.data(), got.bytes) == "server first");
}

TEST_CASE("an http proxy that says more than its head is refused") {
  const Peer peer(http());
  peer.say("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nfalse page");
  const IoResult done = peer.stream->handshake();
  REQUIRE(done.status == IoStatus::failed);
  CHECK(peer.stream->failure(done).kind == ErrorKind::proxy_failed);
}

TEST_CASE("a proxy that goes away in the handshake has failed, and is named") {
  for (const bool with_http : {true, false}) {
    Peer peer(with_http ? http() : socks());
    CHECK(peer.stream->handshake().status == IoStatus::would_block);
    CHECK_FALSE(peer.heard().empty());
    peer.sockets.theirs.reset();
    const IoResult done = peer.stream->handshake();
    REQUIRE(done.status == IoStatus::failed);
    const Error error = peer.stream->failure(done);
    CHECK(error.kind == ErrorKind::proxy_failed);
    CHECK(error.detail == "proxy p:1 closed the connection in its handshake");
  }
}

TEST_CASE("a request that the socket does not take at once asks for writability") {
  SocketPair sockets;
  const std::string filling(64 * 1024, 'x');
  std::size_t filled = 0;
  while (true) {
    const ssize_t written = ::write(sockets.ours.get(), filling.data(), filling.size());
    if (written < 0) break;
    filled += static_cast<std::size_t>(written);
  }
  TunnelStream stream(std::make_unique<TcpStream>(std::move(sockets.ours)), http());
  CHECK(stream.handshake().status == IoStatus::would_block);
  CHECK(stream.wanted({.readable = true}) == Interest{.writable = true});
  std::vector<char> buffer(filled);
  for (std::size_t read = 0; read < filled;) {
    const ssize_t got = ::read(sockets.theirs.get(), buffer.data(), filled - read);
    REQUIRE(got > 0);
    read += static_cast<std::size_t>(got);
  }
  CHECK(stream.handshake().status == IoStatus::would_block);
  CHECK(stream.wanted({.readable = true}) == Interest{.readable = true});
}
