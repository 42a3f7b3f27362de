#include "url/proxy_url.hpp"

#include "catch2_shim.hpp"

using nbcrawl::ErrorKind;
using nbcrawl::ProxyKind;
using nbcrawl::ProxyUrl;

TEST_CASE("a proxy's URL is read as curl reads it") {
  struct Row {
    std::string_view text;
    ProxyUrl proxy;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"http://proxy.test:3128", {ProxyKind::http, "proxy.test", 3128, "proxy.test:3128", "", ""}},
           {"http://proxy.test:3128/", {ProxyKind::http, "proxy.test", 3128, "proxy.test:3128", "", ""}},
           {"HTTP://Proxy.TEST:80", {ProxyKind::http, "proxy.test", 80, "proxy.test:80", "", ""}},
           {"http://proxy.test:443", {ProxyKind::http, "proxy.test", 443, "proxy.test:443", "", ""}},
           {"http://proxy.test", {ProxyKind::http, "proxy.test", 1080, "proxy.test:1080", "", ""}},
           {"proxy.test:3128", {ProxyKind::http, "proxy.test", 3128, "proxy.test:3128", "", ""}},
           {"proxy", {ProxyKind::http, "proxy", 1080, "proxy:1080", "", ""}},
           {"127.1:8888", {ProxyKind::http, "127.0.0.1", 8888, "127.0.0.1:8888", "", ""}},
           {"user:pass@proxy:1", {ProxyKind::http, "proxy", 1, "proxy:1", "user", "pass"}},
           {"http://user@proxy:1", {ProxyKind::http, "proxy", 1, "proxy:1", "user", ""}},
           {"http://us%40er:p%3Aa%2Fs%25s@proxy:1", {ProxyKind::http, "proxy", 1, "proxy:1", "us@er", "p:a/s%s"}},
           {"socks5://[::1]:9050", {ProxyKind::socks5, "::1", 9050, "[::1]:9050", "", ""}},
           {"socks5://127.0.0.1", {ProxyKind::socks5, "127.0.0.1", 1080, "127.0.0.1:1080", "", ""}},
           {"Socks5H://u:p@h:80", {ProxyKind::socks5h, "h", 80, "h:80", "u", "p"}},
       }) {
    INFO(row.text);
    const auto parsed = ProxyUrl::parse(row.text);
    REQUIRE(parsed.has_value());
    CHECK(*parsed == row.proxy);
  }
}

TEST_CASE("what is no proxy is refused with a reason that holds no password") {
  for (const std::string_view text :
       {"", "http://", "https://u:secret@proxy:1", "socks4://u:secret@h:1", "user:secret://h", "ftp://secret@h:1",
        "http://u:secret@proxy:1/path", "http://u:secret@proxy:1?query", "http://u:secret@proxy:1#fragment",
        "http://u:secret@proxy:0", "http://u:secret@proxy:65536", "http://u:secret@pro xy:1", "http://u:secret@:1",
        "http://u%3Ax:secret@proxy:1", "u:secret@"}) {
    INFO(text);
    const auto parsed = ProxyUrl::parse(text);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().kind == ErrorKind::invalid_job);
    CHECK(parsed.error().detail.find("secret") == std::string::npos);
    CHECK(parsed.error().detail.find("proxy") != std::string::npos);
  }
  const std::string long_name(256, 's');
  CHECK(ProxyUrl::parse("http://" + long_name + "@h:1").has_value());
  CHECK_FALSE(ProxyUrl::parse("socks5://" + long_name + "@h:1").has_value());
  CHECK_FALSE(ProxyUrl::parse("socks5h://u:" + long_name + "@h:1").has_value());
  CHECK(ProxyUrl::parse("socks5://" + long_name.substr(1) + "@h:1").has_value());
}
