#include "tls/tls_stream.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "net/http_connect.hpp"
#include "net/tunnel_stream.hpp"
#include "unit/tls/tls_peer.hpp"

namespace nbcrawl {
namespace {

/// Moves a byte at most at a time.
class ByteStream final : public Stream {
 public:
  explicit ByteStream(UniqueFd fd) noexcept : tcp_(std::move(fd)) {}
  [[nodiscard]] int fileno() const noexcept override { return tcp_.fileno(); }
  IoResult read(std::span<char> into) override {
    if (std::exchange(wait_, !wait_)) return {.status = IoStatus::would_block};
    return tcp_.read(into.first(1));
  }
  IoResult write(std::span<const char> from) override {
    if (std::exchange(wait_, !wait_)) return {.status = IoStatus::would_block};
    return tcp_.write(from.first(1));
  }

 private:
  TcpStream tcp_;
  bool wait_ = false;
};

std::unique_ptr<TlsContext> insecure_context() { return std::move(*TlsContext::create({.insecure = true})); }

std::unique_ptr<Stream> connect(TlsContext& context, UniqueFd fd, std::string_view host = "host.test",
                                std::string_view alpn = {}) {
  return std::move(*TlsStream::create(context, std::make_unique<TcpStream>(std::move(fd)),
                                      {.hostname = host, .session_key = "https://host.test", .alpn = alpn}));
}

bool settle(Stream& stream, TlsPeer& peer) {
  bool done = false;
  bool peer_done = false;
  for (int i = 0; i < 100'000 && !(done && peer_done); ++i) {
    if (!done) done = stream.handshake().status == IoStatus::ok;
    if (!peer_done) peer_done = peer.handshake();
  }
  return done && peer_done;
}

TEST_CASE("a handshake and data pass a stream that moves one byte at a time") {
  SocketPair sockets;
  TlsPeer peer(sockets.theirs.get());
  const auto context = insecure_context();
  auto stream = std::move(*TlsStream::create(*context, std::make_unique<ByteStream>(std::move(sockets.ours)),
                                             {.hostname = "host.test.", .session_key = "o"}));
  REQUIRE(settle(*stream, peer));
  CHECK(peer.host_asked_for() == "host.test");
  REQUIRE(peer.write("hello"));
  std::array<char, 100> buffer{};
  IoResult got{.status = IoStatus::would_block};
  for (int i = 0; i < 100'000 && got.status == IoStatus::would_block; ++i) got = stream->read(buffer);
  REQUIRE(got.status == IoStatus::ok);
  CHECK(std::string(buffer.data(), got.bytes) == "hello");
}

TEST_CASE("TLS begins when a proxy has opened the tunnel below it") {
  SocketPair sockets;
  TlsPeer peer(sockets.theirs.get());
  const auto context = insecure_context();
  auto tunnel = std::make_unique<TunnelStream>(std::make_unique<ByteStream>(std::move(sockets.ours)),
                                               std::make_unique<HttpConnect>("p:1", "host.test:443", ""));
  auto stream =
      std::move(*TlsStream::create(*context, std::move(tunnel), {.hostname = "host.test", .session_key = "o"}));
  const std::string request = "CONNECT host.test:443 HTTP/1.1\r\nHost: host.test:443\r\n\r\n";
  for (std::size_t i = 0; i < 10 * request.size(); ++i) CHECK(stream->handshake().status == IoStatus::would_block);
  CHECK(stream->wanted({.writable = true}) == Interest{.readable = true});
  std::array<char, 256> buffer{};
  const ssize_t got = ::read(sockets.theirs.get(), buffer.data(), buffer.size());
  CHECK(std::string(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))) == request);
  const std::string answer = "HTTP/1.1 200 OK\r\n\r\n";
  REQUIRE(::write(sockets.theirs.get(), answer.data(), answer.size()) == static_cast<ssize_t>(answer.size()));
  REQUIRE(settle(*stream, peer));
  CHECK(peer.host_asked_for() == "host.test");
}

TEST_CASE("what the proxy below TLS refuses is told as the proxy's") {
  SocketPair sockets;
  const auto context = insecure_context();
  auto tunnel = std::make_unique<TunnelStream>(std::make_unique<TcpStream>(std::move(sockets.ours)),
                                               std::make_unique<HttpConnect>("p:1", "host.test:443", ""));
  auto stream =
      std::move(*TlsStream::create(*context, std::move(tunnel), {.hostname = "host.test", .session_key = "o"}));
  const std::string answer = "HTTP/1.1 407 No\r\n\r\n";
  REQUIRE(::write(sockets.theirs.get(), answer.data(), answer.size()) == static_cast<ssize_t>(answer.size()));
  const IoResult done = stream->handshake();
  REQUIRE(done.status == IoStatus::failed);
  CHECK(stream->failure(done).kind == ErrorKind::proxy_denied);
}

TEST_CASE("both sides settle on a protocol that both speak") {
  struct Case {
    std::string_view offered;
    const char* spoken;
    std::string_view settled;
  };
  using namespace std::string_view_literals;
  for (const auto& [offered, spoken, settled] :
       {Case{"\x02h2\x08http/1.1"sv, "h2", "h2"}, Case{"\x02h2\x08http/1.1"sv, "http/1.1", "http/1.1"},
        Case{"\x08http/1.1"sv, "h2", ""}, Case{""sv, "h2", ""}}) {
    SocketPair sockets;
    TlsPeer peer(sockets.theirs.get());
    peer.speak(spoken);
    const auto context = insecure_context();
    auto stream = connect(*context, std::move(sockets.ours), "host.test", offered);
    REQUIRE(settle(*stream, peer));
    CHECK(stream->protocol() == settled);
  }
}

TEST_CASE("an address is not sent as a server name") {
  SocketPair sockets;
  TlsPeer peer(sockets.theirs.get());
  const auto context = insecure_context();
  auto stream = connect(*context, std::move(sockets.ours), "127.0.0.1");
  REQUIRE(settle(*stream, peer));
  CHECK(peer.host_asked_for().empty());
}

TEST_CASE("what a small buffer leaves of a record is told of, and is read without the socket") {
  SocketPair sockets;
  TlsPeer peer(sockets.theirs.get());
  const auto context = insecure_context();
  auto stream = connect(*context, std::move(sockets.ours));
  REQUIRE(settle(*stream, peer));
  REQUIRE(peer.write("hello world"));
  std::array<char, 6> buffer{};
  CHECK(stream->read(buffer).bytes == 6);
  CHECK(stream->has_buffered());
  CHECK(stream->read(buffer).bytes == 5);
  CHECK_FALSE(stream->has_buffered());
  CHECK(stream->read(buffer).status == IoStatus::would_block);
  CHECK(stream->wanted({.readable = true}) == Interest{.readable = true});
}

TEST_CASE("an end without close_notify is told from one with it") {
  for (const bool orderly : {true, false}) {
    SocketPair sockets;
    TlsPeer peer(sockets.theirs.get());
    const auto context = insecure_context();
    auto stream = connect(*context, std::move(sockets.ours));
    REQUIRE(settle(*stream, peer));
    if (orderly) REQUIRE(peer.close());
    sockets.theirs.reset();
    std::array<char, 6> buffer{};
    CHECK(stream->read(buffer).status == (orderly ? IoStatus::closed : IoStatus::truncated));
  }
}

TEST_CASE("a peer that has gone is a value, not a signal") {
  SocketPair sockets;
  TlsPeer peer(sockets.theirs.get());
  const auto context = insecure_context();
  auto stream = connect(*context, std::move(sockets.ours));
  REQUIRE(settle(*stream, peer));
  sockets.theirs.reset();
  const IoResult written = stream->write(std::string("hello"));
  CHECK(written.status == IoStatus::failed);
  CHECK(stream->failure(written).kind == ErrorKind::connection_reset);
}

/// HelloRequest, which OpenSSL skips without returning: 4 bytes each, 4 KiB a record.
std::string record_of_hello_requests() { return std::string("\x16\x03\x03\x10\x00", 5) + std::string(4096, '\0'); }

TEST_CASE("one step of a handshake reads no more than its share of endless records") {
  SocketPair sockets;
  const auto context = insecure_context();
  auto stream = connect(*context, std::move(sockets.ours));
  const std::string record = record_of_hello_requests();
  TcpStream peer(UniqueFd(::dup(sockets.theirs.get())));
  std::size_t sent = 0;
  while (true) {
    const IoResult written = peer.write(record);
    if (written.status != IoStatus::ok || written.bytes < record.size()) break;
    sent += written.bytes;
  }
  REQUIRE(sent > 100'000);
  CHECK(stream->handshake().status == IoStatus::would_block);
  CHECK(stream->wanted({}) == Interest{.readable = true});
  std::vector<char> rest(sent);
  CHECK(TcpStream(UniqueFd(::dup(stream->fileno()))).read(rest).bytes > sent - 70'000);
}

TEST_CASE("a handshake of endless records is given up") {
  SocketPair sockets;
  const auto context = insecure_context();
  auto stream = connect(*context, std::move(sockets.ours));
  const std::string record = record_of_hello_requests();
  TcpStream peer(UniqueFd(::dup(sockets.theirs.get())));
  int records = 0;
  IoResult last{.status = IoStatus::would_block};
  for (; records < 1000 && last.status == IoStatus::would_block; ++records) {
    REQUIRE(peer.write(record).bytes == record.size());
    last = stream->handshake();
  }
  REQUIRE(last.status == IoStatus::failed);
  CHECK(records == 32);  // 128 KiB
  CHECK(stream->failure(last).kind == ErrorKind::tls_handshake_failed);
  CHECK(stream->failure(last).detail == "TLS failed: more than 131072 bytes of records without data");
}

TEST_CASE("records without data are bounded between two with some") {
  SocketPair sockets;
  TlsPeer peer(sockets.theirs.get());
  const auto context = insecure_context();
  auto stream = connect(*context, std::move(sockets.ours));
  REQUIRE(settle(*stream, peer));
  std::array<char, 100> buffer{};
  // Of 27 bytes each.
  const auto status_after = [&](int records) {
    IoResult last{.status = IoStatus::would_block};
    for (int i = 0; i < records && last.status == IoStatus::would_block; ++i) {
      REQUIRE(peer.change_keys());
      last = stream->read(buffer);
    }
    return last.status;
  };
  for (int i = 0; i < 3; ++i) {
    CHECK(status_after(4800) == IoStatus::would_block);
    REQUIRE(peer.write("hello"));
    CHECK(stream->read(buffer).bytes == 5);
  }
  CHECK(status_after(4900) == IoStatus::failed);
  const Error error = stream->failure({.status = IoStatus::failed});
  CHECK(error.kind == ErrorKind::malformed_response);
  CHECK(error.detail == "TLS failed: more than 131072 bytes of records without data");
}

TEST_CASE("a self-signed certificate fails a verifying handshake") {
  SocketPair sockets;
  TlsPeer peer(sockets.theirs.get());
  const auto context = std::move(*TlsContext::create({}));
  auto stream = connect(*context, std::move(sockets.ours));
  IoResult last{.status = IoStatus::would_block};
  for (int i = 0; i < 100 && last.status == IoStatus::would_block; ++i) {
    last = stream->handshake();
    peer.handshake();
  }
  REQUIRE(last.status == IoStatus::failed);
  CHECK(stream->failure(last).phase == Phase::tls);
  CHECK(stream->failure(last).kind != ErrorKind::tls_handshake_failed);
}

TEST_CASE("a file that is no certificate is named in the error") {
  const auto context = TlsContext::create({.ca_file = "/nowhere.pem"});
  REQUIRE_FALSE(context);
  CHECK(context.error().kind == ErrorKind::tls_setup_failed);
  CHECK(context.error().detail.find("/nowhere.pem") != std::string::npos);
}

TEST_CASE("the session cache keeps the latest of an origin and stays within its bound") {
  SessionCache cache;
  for (std::size_t i = 0; i < SessionCache::max_sessions + 10; ++i)
    cache.put(std::to_string(i), SslSessionPtr(SSL_SESSION_new()), 1000);
  std::size_t held = 0;
  for (std::size_t i = 0; i < SessionCache::max_sessions + 10; ++i) held += cache.contains(std::to_string(i)) ? 1 : 0;
  CHECK(held == SessionCache::max_sessions);
}

TEST_CASE("large sessions are kept in less number") {
  SessionCache cache;
  constexpr std::size_t bytes = SessionCache::max_bytes / 10;
  const auto held = [&cache] {
    std::size_t count = 0;
    for (int i = 0; i < 30; ++i) count += cache.contains(std::to_string(i)) ? 1 : 0;
    return count;
  };
  for (int i = 0; i < 30; ++i) cache.put(std::to_string(i), SslSessionPtr(SSL_SESSION_new()), bytes);
  CHECK(held() == 10);
  CHECK(cache.contains("29"));
  // One that takes the place of another of its origin takes nothing from others.
  for (int i = 0; i < 30; ++i) cache.put("29", SslSessionPtr(SSL_SESSION_new()), bytes);
  CHECK(held() == 10);
}

TEST_CASE("no more sessions are offered to a server that resumes none of them") {
  SessionCache cache;
  const auto offer = [&cache](bool is_resumed) {
    SSL_SESSION* fresh = SSL_SESSION_new();
    const unsigned char id = 1;
    SSL_SESSION_set1_id(fresh, &id, 1);
    cache.put("https://host.test", SslSessionPtr(fresh), 1000);
    const SslSessionPtr offered = cache.find("https://host.test");
    // Two connections were opened side by side and offered the same one.
    for (int i = 0; i < 2; ++i) cache.on_answer("https://host.test", offered, is_resumed);
    return offered != nullptr;
  };
  for (int turn = 0; turn < 3; ++turn) {
    CHECK(offer(true));
    for (int i = 1; i < SessionCache::max_refusals; ++i) CHECK(offer(false));
  }
  CHECK(offer(true));
  for (int i = 0; i < SessionCache::max_refusals; ++i) CHECK(offer(false));
  CHECK_FALSE(offer(true));
}

}  // namespace
}  // namespace nbcrawl
