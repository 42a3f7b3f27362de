#include "net/proxy_handshake.hpp"

#include "catch2_shim.hpp"
#include "net/http_connect.hpp"
#include "net/socks5_connect.hpp"

using namespace nbcrawl;
using namespace std::string_literals;

namespace {

struct Outcome {
  std::string sent;  // by us
  std::string error;
  std::string detail;
  bool done = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

using Make = std::unique_ptr<ProxyHandshake> (*)();

/// Plays what the proxy says, in pieces that end at `cuts`.
Outcome play(ProxyHandshake& handshake, std::string_view said, const std::vector<std::size_t>& cuts) {
  Outcome outcome{.sent = handshake.take_outgoing()};
  std::size_t begin = 0;
  for (const std::size_t end : cuts) {
    std::string_view piece = said.substr(begin, end - begin);
    begin = end;
    while (!piece.empty()) {
      const std::string_view part = piece.substr(0, handshake.wanted());  // as one who reads must
      if (part.empty()) return outcome;                                   // not ours to read
      piece.remove_prefix(part.size());
      if (auto fed = handshake.feed(part); !fed) {
        outcome.error = code(fed.error().kind);
        outcome.detail = fed.error().detail;
        CHECK(fed.error().phase == Phase::connect);
        return outcome;
      }
      outcome.sent += handshake.take_outgoing();
    }
  }
  outcome.done = handshake.wanted() == 0;
  return outcome;
}

/// However the proxy's words are cut, the outcome is the same; it is returned.
Outcome play_at_every_cut(Make make, std::string_view said) {
  const Outcome whole = play(*make(), said, {said.size()});
  std::vector<std::size_t> every_byte;
  for (std::size_t cut = 1; cut <= said.size(); ++cut) {
    CHECK(play(*make(), said, {cut, said.size()}) == whole);
    every_byte.push_back(cut);
  }
  CHECK(play(*make(), said, every_byte) == whole);
  return whole;
}

std::unique_ptr<ProxyHandshake> http() { return std::make_unique<HttpConnect>("proxy.test:3128", "site.test:443", ""); }
std::unique_ptr<ProxyHandshake> http_with_password() {
  return std::make_unique<HttpConnect>("proxy.test:3128", "[::1]:8443", "Basic dTpzZWNyZXQ=");
}
std::unique_ptr<ProxyHandshake> socks() {
  return std::make_unique<Socks5Connect>("proxy.test:1080", "site.test", 443, Socks5Connect::Credentials{});
}
std::unique_ptr<ProxyHandshake> socks_with_password() {
  return std::make_unique<Socks5Connect>("proxy.test:1080", "127.0.0.1", 80,
                                         Socks5Connect::Credentials{.username = "user", .password = "secret"});
}
std::unique_ptr<ProxyHandshake> socks_to_ipv6() {
  return std::make_unique<Socks5Connect>("proxy.test:1080", "2001:db8::1", 8080, Socks5Connect::Credentials{});
}

struct Row {
  std::string said;
  std::string error;   // empty: none
  std::string detail;  // a part of it
  bool done = false;
};

void check(Make make, std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    INFO(row.said.substr(0, 80));
    const Outcome outcome = play_at_every_cut(make, row.said);
    CHECK(outcome.error == row.error);
    CHECK(outcome.done == row.done);
    CHECK(outcome.detail.find(row.detail) != std::string::npos);
    CHECK(outcome.detail.find("secret") == std::string::npos);
    if (!row.error.empty()) CHECK(outcome.detail.starts_with("proxy proxy.test:"));
  }
}

}  // namespace

TEST_CASE("CONNECT names host and port, and the password only where there is one") {
  CHECK(http()->take_outgoing() == "CONNECT site.test:443 HTTP/1.1\r\nHost: site.test:443\r\n\r\n");
  CHECK(http_with_password()->take_outgoing() ==
        "CONNECT [::1]:8443 HTTP/1.1\r\nHost: [::1]:8443\r\nProxy-Authorization: Basic dTpzZWNyZXQ=\r\n\r\n");
}

TEST_CASE("an http proxy's answer opens the tunnel, or says why not") {
  check(http, {
                  {"HTTP/1.1 200 OK\r\n\r\n", "", "", true},
                  {"HTTP/1.0 200 Connection established\r\nVia: x\r\n\r\n", "", "", true},
                  {"HTTP/1.1 200\r\n\r\n", "", "", true},
                  {"HTTP/1.1 204 No\n\n", "", "", true},
                  {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "", "", true},
                  {"HTTP/1.1 100 Wait\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "", "", true},
                  {"HTTP/1.1 200 OK\r\n", "", "", false},
                  {"HTTP/1.1 200 OK\r\nA: b\r\n", "", "", false},
                  {"HTTP/1.1 407 Proxy Authentication Required\r\n", "proxy_denied", "wants a user name", false},
                  {"HTTP/1.1 403 secret\r\n", "proxy_failed", "(status 403)", false},
                  {"HTTP/1.1 502 Bad Gateway\r\n", "proxy_failed", "(status 502)", false},
                  {"HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\n\r\n", "proxy_failed", "302", false},
                  {"HTTP/1.1 101 Switching\r\n", "proxy_failed", "101", false},
                  {"HTTP/2.0 200 OK\r\n", "proxy_failed", "does not answer as an HTTP proxy", false},
                  {"HTTP/1.1 2000 OK\r\n", "proxy_failed", "does not answer", false},
                  {"HTTP/1.1 20 OK\r\n", "proxy_failed", "does not answer", false},
                  {"HTTP/1.1 +20 OK\r\n", "proxy_failed", "does not answer", false},
                  {"HTTP/1.1 099 OK\r\n", "proxy_failed", "does not answer", false},
                  {"HTTP/1.1 600 OK\r\n", "proxy_failed", "does not answer", false},
                  {"SSH-2.0-OpenSSH_9.2\r\n", "proxy_failed", "does not answer", false},
                  {"\r\n", "proxy_failed", "does not answer", false},
              });
  check(http_with_password,
        {{"HTTP/1.1 407 secret\r\n", "proxy_denied", "does not take this user name and password", false}});
}

TEST_CASE("bytes behind the head of a tunnel are refused") {
  HttpConnect handshake("p", "site.test:443", "");
  const auto fed = handshake.feed("HTTP/1.1 200 OK\r\n\r\nx");
  REQUIRE_FALSE(fed.has_value());
  CHECK(fed.error().kind == ErrorKind::proxy_failed);
  CHECK(fed.error().detail.find("sent bytes before") != std::string::npos);
}

TEST_CASE("an http proxy's head is bounded, and so are its interim answers") {
  for (const std::string& more : {std::string("A: b\r\n"), std::string(100, 'x'), "\r\nHTTP/1.1 100 Wait\r\n"s}) {
    HttpConnect handshake("p", "site.test:443", "");
    Result<> fed = handshake.feed("HTTP/1.1 100 Wait\r\n");
    std::size_t bytes = 0;
    for (; fed && bytes < 2 * HttpConnect::max_head_bytes; bytes += more.size()) fed = handshake.feed(more);
    REQUIRE_FALSE(fed.has_value());
    CHECK(fed.error().kind == ErrorKind::proxy_failed);
    CHECK(bytes <= HttpConnect::max_head_bytes + more.size());
  }
}

TEST_CASE("a SOCKS5 proxy is asked by name or by address, in whatever form it answers") {
  const std::string request_by_name = "\5\1\0\3\x9site.test\1\xBB"s;
  const std::string request_by_ipv6 = "\5\1\0\4\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\x1f\x90"s;
  for (const std::string& bound :
       {"\1\1\2\3\4\0\x50"s, "\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x50"s, "\3\4host\0\x50"s, "\3\0\0\0"s}) {
    const std::string said = "\5\0\5\0\0"s + bound;
    Outcome outcome = play_at_every_cut(socks, said);
    CHECK(outcome.done);
    CHECK(outcome.sent == "\5\1\0"s + request_by_name);
    outcome = play_at_every_cut(socks_to_ipv6, said);
    CHECK(outcome.done);
    CHECK(outcome.sent == "\5\1\0"s + request_by_ipv6);
    // What comes behind is the server's, and is left alone.
    outcome = play(*socks(), said + "hello", {said.size() + 5});
    CHECK_FALSE(outcome.done);
    CHECK(outcome.error.empty());
  }
}

TEST_CASE("user name and password go to a SOCKS5 proxy that asks for them") {
  const std::string request = "\5\1\0\1\x7f\0\0\1\0\x50"s;
  const std::string bound = "\5\0\0\1\0\0\0\0\0\0"s;
  Outcome outcome = play_at_every_cut(socks_with_password, "\5\2\1\0"s + bound);
  CHECK(outcome.done);
  CHECK(outcome.sent == "\5\2\0\2\1\4user\6secret"s + request);
  outcome = play_at_every_cut(socks_with_password, "\5\0"s + bound);  // it does not ask
  CHECK(outcome.done);
  CHECK(outcome.sent == "\5\2\0\2"s + request);
}

TEST_CASE("a SOCKS5 proxy's refusals are told apart") {
  check(socks, {
                   {"\5\xFF"s, "proxy_denied", "wants a user name and a password", false},
                   {"\5\2"s, "proxy_denied", "no way to log in", false},  // was not offered
                   {"\5\1"s, "proxy_denied", "no way to log in", false},
                   {"\4\0"s, "proxy_failed", "does not answer as a SOCKS5 proxy", false},
                   {"HT"s, "proxy_failed", "does not answer as a SOCKS5 proxy", false},
                   {"\5\0\4\0"s, "proxy_failed", "does not answer as a SOCKS5 proxy", false},
                   {"\5\0\5\1"s, "proxy_failed", "general failure", false},
                   {"\5\0\5\2"s, "proxy_denied", "not allowed by the ruleset", false},
                   {"\5\0\5\3"s, "proxy_failed", "network unreachable", false},
                   {"\5\0\5\4"s, "proxy_failed", "host unreachable", false},
                   {"\5\0\5\5"s, "proxy_failed", "connection refused", false},
                   {"\5\0\5\6"s, "proxy_failed", "TTL expired", false},
                   {"\5\0\5\7"s, "proxy_failed", "command not supported", false},
                   {"\5\0\5\x8"s, "proxy_failed", "address type not supported", false},
                   {"\5\0\5\x9"s, "proxy_failed", "unknown reply", false},
                   {"\5\0\5\xFF"s, "proxy_failed", "unknown reply", false},
                   {"\5\0\5\0\0\2\0"s, "proxy_failed", "does not answer as a SOCKS5 proxy", false},
                   {"\5\0\5\0\0\1"s, "", "", false},
               });
  check(socks_with_password, {
                                 {"\5\xFF"s, "proxy_denied", "no way to log in", false},
                                 {"\5\2\1\1"s, "proxy_denied", "does not take this user name and password", false},
                                 {"\5\2\1\xFF"s, "proxy_denied", "does not take this user name and password", false},
                             });
}

TEST_CASE("a host name too long for SOCKS5 is refused, not cut") {
  Socks5Connect longest("p", std::string(255, 'a'), 80, {});
  CHECK(longest.feed("\5\0"s).has_value());
  Socks5Connect too_long("p", std::string(256, 'a'), 80, {});
  CHECK_FALSE(too_long.feed("\5\0"s).has_value());
}
