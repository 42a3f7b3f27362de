#include "http/set_cookie.hpp"

#include <chrono>
#include <string>

#include "catch2_shim.hpp"
#include "unit/http/cookie_case.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono;

/// "NAME=VALUE" and what differs from a cookie without attributes.
std::string read(std::string_view text) {
  const auto cookie = parse_set_cookie(text, now);
  if (!cookie) return "refused";
  std::string shown = cookie->name + "=" + cookie->value;
  if (!cookie->domain.empty()) shown += " domain=" + cookie->domain;
  if (!cookie->path.empty()) shown += " path=" + cookie->path;
  if (cookie->expires) shown += " in=" + std::to_string((*cookie->expires - now).count());
  if (cookie->secure) shown += " secure";
  if (cookie->http_only) shown += " httponly";
  return shown;
}

TEST_CASE("name and value of a cookie", "[set_cookie]") {
  CHECK(read("a=b") == "a=b");
  CHECK(read(" a \t= b c \t; x") == "a=b c");
  CHECK(read("a=b=c;") == "a=b=c");
  CHECK(read("a=") == "a=");
  CHECK(read("a") == "=a");
  CHECK(read("=a") == "=a");
  CHECK(read("a=\"b; c\"") == "a=\"b");
  CHECK(read("a=\xC3\xA9") == "a=\xC3\xA9");
}

TEST_CASE("what no cookie is", "[set_cookie]") {
  for (const std::string text : {"", " ", "=", ";", "; Path=/", "a=b\r\nc=d", "a=b\n", "a=\x01", "a\x7f=b",
                                 "a=b; Path=/\x02", "a=b\tc", "a\tb=c"})
    CHECK(read(text) == "refused");
  CHECK(read(std::string("a=b\0c", 5)) == "refused");
  CHECK(read("a=" + std::string(4095, 'x')) == "a=" + std::string(4095, 'x'));
  CHECK(read("a=" + std::string(4096, 'x')) == "refused");
  CHECK(read(std::string(4097, 'x')) == "refused");
}

TEST_CASE("attributes of a cookie, in any case and order, the last of a name", "[set_cookie]") {
  CHECK(read("a=b; Secure; HttpOnly") == "a=b secure httponly");
  CHECK(read("a=b;SECURE=no; httponly = x; SameSite=None; Unknown=1;;") == "a=b secure httponly");
  CHECK(read("a=b; Domain=.Example.ORG") == "a=b domain=example.org");
  CHECK(read("a=b; domain=a.b; Domain=") == "a=b");
  CHECK(read("a=b; Path=/x/y ; path=/z") == "a=b path=/z");
  CHECK(read("a=b; Path=/x; path=z") == "a=b");
  CHECK(read("a=b; Path=/" + std::string(1023, 'p')) == "a=b path=/" + std::string(1023, 'p'));
  CHECK(read("a=b; Path=/" + std::string(1024, 'p') + "; Secure") == "a=b secure");
}

TEST_CASE("how long a cookie lives", "[set_cookie]") {
  const std::string most = std::to_string(seconds(days(400)).count());
  CHECK(read("a=b; Max-Age=60") == "a=b in=60");
  CHECK(read("a=b; Max-Age=0") == "a=b in=-1");
  CHECK(read("a=b; Max-Age=-5") == "a=b in=-1");
  CHECK(read("a=b; Max-Age=99999999999999999999999") == "a=b in=" + most);
  for (const std::string_view bad : {"", "x", "1x", "-", "+5", "1.5"})
    CHECK(read("a=b; Max-Age=" + std::string(bad)) == "a=b");
  CHECK(read("a=b; Expires=Thu, 26 Nov 2026 00:01:00 GMT") == "a=b in=60");
  CHECK(read("a=b; Expires=never") == "a=b");
  CHECK(read("a=b; Expires=Fri, 31 Dec 9999 23:59:59 GMT") == "a=b in=" + most);
  CHECK(read("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT").starts_with("a=b in=-"));
  CHECK(read("a=b; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT") == "a=b in=60");
  CHECK(read("a=b; Max-Age=60; Max-Age=x; Max-Age=5") == "a=b in=5");
}

}  // namespace
}  // namespace nbcrawl
