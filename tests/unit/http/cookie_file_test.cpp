#include "http/cookie_file.hpp"

#include <string>

#include "catch2_shim.hpp"
#include "unit/http/cookie_case.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("cookies are written as curl writes them", "[cookie_file]") {
  CookieJar jar;
  const Url url = *Url::parse("https://h.example.org/x/y");
  jar.set(url, "session=1", now);
  jar.set(url, "shared=a b; Domain=example.org; Path=/; Secure; HttpOnly; Max-Age=60", now);
  jar.set(url, "gone=1; Max-Age=5", now);
  jar.set(url, "nameless", now);
  const std::string text = write_cookies(jar, now + std::chrono::seconds(5));
  CHECK(text ==
        "# Netscape HTTP Cookie File\n# Written by nbcrawl. Whoever knows these can act in your name.\n\n"
        "h.example.org\tFALSE\t/x\tFALSE\t0\tsession\t1\n"
        "#HttpOnly_.example.org\tTRUE\t/\tTRUE\t1795651260\tshared\ta b\n"
        "h.example.org\tFALSE\t/x\tFALSE\t0\t\tnameless\n");
  CookieJar again;
  REQUIRE(read_cookies(text, "file", again, now));
  CHECK(write_cookies(again, now) == text);
  CHECK(again.cookies_for(url, now) == "session=1; nameless; shared=a b");
}

TEST_CASE("files of others are read: CRLF, comments, an empty value cut off, expired cookies", "[cookie_file]") {
  CookieJar jar;
  REQUIRE(read_cookies(
      "# comment\r\n\r\n.Example.ORG\tTRUE\t/\tfalse\t0\ta\tb\r\nb\xC3\xBC.test\tFALSE\t/\tFALSE\t9999999999999\tc\n"
      "h\tFALSE\t/\tFALSE\t1\told\tx\n.127.0.0.1\tTRUE\t/\tFALSE\t0\ta\tb",
      "file", jar, now));
  CHECK(jar.cookies_for(*Url::parse("http://x.example.org/"), now) == "a=b");
  CHECK(jar.cookies_for(*Url::parse("http://b\xC3\xBC.test/"), now) == "c=");
  CHECK(jar.cookies_for(*Url::parse("http://127.0.0.1/"), now) == "a=b");
  CHECK(jar.size() == 3);
}

TEST_CASE("a line that is no cookie is told, without what it holds", "[cookie_file]") {
  for (const std::string line :
       {"Set-Cookie: a=S3cret", "h\tFALSE\t/\tFALSE\t0", "h\tFALSE\t/\tFALSE\t0\ta\tS3cret\tx",
        "h\tyes\t/\tFALSE\t0\ta\tS3cret", "h\tFALSE\tx\tFALSE\t0\ta\tS3cret", "h\tFALSE\t/\tFALSE\t-1\ta\tS3cret",
        "h\tFALSE\t/\tFALSE\tsoon\ta\tS3cret", "h:80\tFALSE\t/\tFALSE\t0\ta\tS3cret",
        "u@h\tFALSE\t/\tFALSE\t0\ta\tS3cret", "\tFALSE\t/\tFALSE\t0\ta\tS3cret", ".co.uk\tTRUE\t/\tFALSE\t0\ta\tS3cret",
        "h\tFALSE\t/\tFALSE\t0\ta\tS3cret\x01", "h\tFALSE\t/\tFALSE\t0\t__Host-a\tS3cret",
        "h\tFALSE\t/\tFALSE\t0\t\t"}) {
    CAPTURE(line);
    CookieJar jar;
    const auto read = read_cookies("# comment\n" + line + "\n", "my cookies", jar, now);
    REQUIRE_FALSE(read);
    CHECK(read.error().kind == ErrorKind::invalid_job);
    CHECK(read.error().detail.starts_with("my cookies:2: not a cookie in Netscape's format: "));
    CHECK_FALSE(read.error().detail.contains("S3cret"));
    CHECK(jar.size() == 0);
  }
}

}  // namespace
}  // namespace nbcrawl
