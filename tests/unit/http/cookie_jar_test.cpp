#include "http/cookie_jar.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include "catch2_shim.hpp"
#include "unit/http/cookie_case.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono;

struct Case {
  std::string_view from;
  std::string_view set_cookie;
  std::string_view to;
  bool goes;
};

void check(std::initializer_list<Case> cases) {
  for (const Case& one : cases) {
    CAPTURE(one.from, one.set_cookie, one.to);
    CHECK(sent(one.from, one.set_cookie, one.to) == (one.goes ? "a=b" : ""));
  }
}

TEST_CASE("which hosts get a cookie", "[cookie_jar]") {
  check({
      // Without Domain: the host alone.
      {"http://h.example.org/", "a=b", "http://h.example.org:8080/", true},
      {"http://h.example.org/", "a=b", "http://H.Example.ORG/", true},
      {"http://h.example.org/", "a=b", "http://x.h.example.org/", false},
      {"http://h.example.org/", "a=b", "http://example.org/", false},
      {"http://h.example.org/", "a=b; Domain=", "http://x.h.example.org/", false},
      // With it: the domain and all below it.
      {"http://h.example.org/", "a=b; Domain=example.org", "http://example.org/", true},
      {"http://h.example.org/", "a=b; Domain=.EXAMPLE.org", "http://x.y.example.org/", true},
      {"http://h.example.org/", "a=b; Domain=h.example.org", "http://x.h.example.org/", true},
      {"http://h.example.org/", "a=b; Domain=example.org", "http://notexample.org/", false},
      // Not another's, nor one below.
      {"http://h.example.org/", "a=b; Domain=x.h.example.org", "http://x.h.example.org/", false},
      {"http://h.example.org/", "a=b; Domain=other.org", "http://other.org/", false},
      {"http://h.example.org/", "a=b; Domain=xample.org", "http://xample.org/", false},
      {"http://h.example.org/", "a=b; Domain=..example.org", "http://h.example.org/", false},
      {"http://h.example.org/", "a=b; Domain=ex\xC3\xA4mple.org", "http://h.example.org/", false},
  });
}

TEST_CASE("nothing is shared below a public suffix", "[cookie_jar]") {
  check({
      {"http://h.example.org/", "a=b; Domain=org", "http://h.example.org/", false},
      {"http://h.example.co.uk/", "a=b; Domain=CO.uk", "http://h.example.co.uk/", false},
      {"http://me.github.io/", "a=b; Domain=github.io", "http://you.github.io/", false},
      {"http://h.unknown-suffix/", "a=b; Domain=unknown-suffix", "http://h.unknown-suffix/", false},
      {"http://h.xn--55qx5d.cn/", "a=b; Domain=xn--55qx5d.cn", "http://x.xn--55qx5d.cn/", false},
      // Its own host may have a cookie, alone.
      {"http://github.io/", "a=b; Domain=github.io", "http://github.io/", true},
      {"http://github.io/", "a=b; Domain=github.io", "http://you.github.io/", false},
      {"http://localhost/", "a=b; Domain=localhost", "http://localhost/", true},
      {"http://localhost/", "a=b; Domain=localhost", "http://x.localhost/", false},
  });
}

TEST_CASE("an address shares with nobody", "[cookie_jar]") {
  check({
      {"http://127.0.0.1/", "a=b", "http://127.0.0.1/", true},
      {"http://0x7f.1/", "a=b", "http://127.0.0.1/", true},
      {"http://127.0.0.1/", "a=b; Domain=127.0.0.1", "http://127.0.0.1/", true},
      {"http://127.0.0.1/", "a=b; Domain=0.0.1", "http://127.0.0.1/", false},
      {"http://127.0.0.1/", "a=b; Domain=1", "http://127.0.0.1/", false},
      {"http://[::1]/", "a=b", "http://[::1]:81/", true},
      {"http://[::1]/", "a=b; Domain=[::1]", "http://[::1]/", true},
      {"http://[::1]/", "a=b; Domain=::1", "http://[::1]/", false},
  });
}

TEST_CASE("what an address asks for beside itself is not even kept", "[cookie_jar]") {
  CookieJar jar;
  CHECK_FALSE(jar.set(*Url::parse("http://127.0.0.1/"), "a=b; Domain=0.0.1", now));
  CHECK(jar.size() == 0);
}

TEST_CASE("a trailing dot is another host", "[cookie_jar]") {
  check({
      {"http://example.org./", "a=b", "http://example.org./", true},
      {"http://example.org./", "a=b", "http://example.org/", false},
      {"http://example.org/", "a=b", "http://example.org./", false},
      {"http://h.example.org/", "a=b; Domain=example.org.", "http://h.example.org/", false},
      {"http://h.example.org./", "a=b; Domain=example.org", "http://h.example.org/", false},
      {"http://h.example.org./", "a=b; Domain=org.", "http://x.org./", false},
      {"http://example.org./", "a=b; Domain=example.org.", "http://x.example.org./", false},
      {"http://h.example.org./", "a=b; Domain=example.org.", "http://x.example.org./", false},
  });
}

TEST_CASE("which paths get a cookie", "[cookie_jar]") {
  check({
      {"http://h/", "a=b; Path=/x", "http://h/x", true},
      {"http://h/", "a=b; Path=/x", "http://h/x/y?z", true},
      {"http://h/", "a=b; Path=/x/", "http://h/x/y", true},
      {"http://h/", "a=b; Path=/x/", "http://h/x", false},
      {"http://h/", "a=b; Path=/x", "http://h/xy", false},
      {"http://h/", "a=b; Path=/X", "http://h/x", false},
      {"http://h/a/b/c", "a=b", "http://h/a/b", true},
      {"http://h/a/b/c", "a=b", "http://h/a/b/d", true},
      {"http://h/a/b/c", "a=b; Path=x", "http://h/a/c", false},
      {"http://h/a", "a=b", "http://h/", true},
      {"http://h/", "a=b; Path=/x\ty", "http://h/x", false},
  });
}

TEST_CASE("what is Secure comes from https and goes to https, and is not hidden by what does not", "[cookie_jar]") {
  check({
      {"https://h/", "a=b; Secure", "https://h/", true},
      {"https://h/", "a=b; Secure", "http://h/", false},
      {"http://h/", "a=b; Secure", "https://h/", false},
      {"https://h/", "a=b", "http://h/", true},
  });
  const auto hidden_by = [](std::string_view secure_from, std::string_view secure, std::string_view from,
                            std::string_view set_cookie) {
    CookieJar jar;
    REQUIRE(jar.set(*Url::parse(secure_from), secure, now));
    return jar.set(*Url::parse(from), set_cookie, now);
  };
  CHECK_FALSE(hidden_by("https://h.example.org/", "a=1; Secure", "http://h.example.org/", "a=2"));
  CHECK_FALSE(hidden_by("https://h.example.org/", "a=1; Secure", "http://x.example.org/", "a=2; Domain=example.org"));
  CHECK_FALSE(hidden_by("https://example.org/", "a=1; Secure; Domain=example.org", "http://h.example.org/", "a=2"));
  CHECK_FALSE(hidden_by("https://h.example.org/", "a=1; Secure; Path=/", "http://h.example.org/", "a=2; Path=/x"));
  CHECK(hidden_by("https://h.example.org/", "a=1; Secure; Path=/x", "http://h.example.org/", "a=2; Path=/"));
  CHECK(hidden_by("https://h.example.org/", "a=1; Secure", "http://h.example.org/", "b=2"));
  CHECK(hidden_by("https://h.example.org/", "a=1; Secure", "http://x.example.org/", "a=2"));
  CHECK(hidden_by("https://h.example.org/", "a=1; Secure", "https://h.example.org/", "a=2"));
}

TEST_CASE("prefixes of names are promises", "[cookie_jar]") {
  CookieJar jar;
  const Url https = *Url::parse("https://h.example.org/");
  const Url http = *Url::parse("http://h.example.org/");
  CHECK(jar.set(https, "__Secure-a=b; Secure; Domain=example.org", now));
  CHECK(jar.set(https, "__HOST-a=b; Secure; Path=/", now));
  for (const std::string_view bad :
       {"__Secure-a=b", "__SECURE-a=b", "__Host-a=b; Path=/", "__Host-a=b; Secure", "__Host-a=b; Secure; Path=/x",
        "__host-a=b; Secure; Path=/; Domain=h.example.org", "__Host-a", "=__Secure-a=b; Secure"})
    CHECK_FALSE(jar.set(https, bad, now));
  CHECK_FALSE(jar.set(http, "__Secure-a=b; Secure", now));
}

TEST_CASE("a cookie is replaced, taken back and expires", "[cookie_jar]") {
  CookieJar jar;
  const Url url = *Url::parse("https://h/");
  jar.set(url, "a=1", now);
  jar.set(url, "b=1", now);
  jar.set(url, "a=2; Max-Age=60", now);
  CHECK(jar.cookies_for(url, now) == "a=2; b=1");
  CHECK(jar.cookies_for(url, now + seconds(59)) == "a=2; b=1");
  CHECK(jar.cookies_for(url, now + seconds(60)) == "b=1");
  CHECK(jar.all(now + seconds(60)).size() == 1);
  jar.set(url, "b=; Max-Age=0", now);
  jar.set(url, "none=; Max-Age=0", now);
  CHECK(jar.cookies_for(url, now) == "a=2");
  CHECK(jar.size() == 1);
  jar.set(url, "a=3; Path=/x", now);
  CHECK(jar.size() == 2);
}

TEST_CASE("longer paths go first, then what came first", "[cookie_jar]") {
  CookieJar jar;
  const Url url = *Url::parse("http://h.example.org/x/y");
  jar.set(url, "one=1; Path=/", now);
  jar.set(url, "two=2; Path=/; Domain=example.org", now);
  jar.set(url, "long=3; Path=/x", now);
  jar.set(url, "nameless; Path=/x", now);
  jar.set(url, "one=4; Path=/", now);
  CHECK(jar.cookies_for(url, now) == "long=3; nameless; one=4; two=2");
}

TEST_CASE("a jar is bounded, whatever a hundred thousand cookies want", "[cookie_jar]") {
  const Url url = *Url::parse("https://h.example.org/");
  SECTION("in one response") {
    Fields fields;
    for (int i = 0; i < 100'000; ++i) fields.add("set-cookie", "c" + std::to_string(i) + "=1");
    CookieJar jar;
    jar.receive(url, fields, now);
    CHECK(jar.size() == 50);
    CHECK(jar.cookies_for(url, now).starts_with("c0=1; c1=1; "));
  }
  SECTION("of one host") {
    CookieJar jar;
    jar.set(url, "kept=1; Secure", now);
    for (int i = 0; i < 100'000; ++i) jar.set(url, "c" + std::to_string(i) + "=1", now);
    CHECK(jar.size() == 150);
    CHECK(jar.cookies_for(url, now).ends_with("; c99999=1"));
    CHECK(jar.cookies_for(url, now).starts_with("kept=1; "));
  }
  SECTION("of as many hosts: what is in use stays") {
    CookieJar jar;
    jar.set(url, "used=1", now);
    std::size_t most = 0;
    for (int i = 0; i < 100'000; ++i) {
      jar.set(*Url::parse("http://h" + std::to_string(i) + ".test/"), "a=1", now);
      if (i % 100 == 0) REQUIRE(jar.cookies_for(url, now) == "used=1");
      most = std::max(most, jar.size());
    }
    CHECK(most <= 10'000);
    CHECK(jar.size() > 8'000);
  }
  SECTION("in what is sent") {
    CookieJar jar;
    for (int i = 0; i < 100; ++i) jar.set(url, "c" + std::to_string(i) + "=" + std::string(1000, 'x'), now);
    const std::string value = jar.cookies_for(url, now);
    CHECK(value.size() <= 8190);
    CHECK(value.size() > 7000);
  }
}

}  // namespace
}  // namespace nbcrawl
