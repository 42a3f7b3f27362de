// Cases written from the WHATWG URL standard, section 4.4: references against a base URL. Those of the second test are
// the examples of RFC 3986 section 5.4, with the results that the URL standard gives them.
#include "catch2_shim.hpp"
#include "url_case.hpp"

using namespace std::string_view_literals;
using nbcrawl::Url;
using nbcrawl::test::Accepted;
using nbcrawl::test::check_resolved;

TEST_CASE("an absolute reference ignores the base") {
  constexpr std::string_view base = "http://example.org/a/b?q#f";
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://other.example/x", "http://other.example/x"},
           {"https://other.example/x", "https://other.example/x"},
           {"https:other.example/x", "https://other.example/x"},
           {"https:/other.example/x", "https://other.example/x"},
           {"https:\\\\other.example/x", "https://other.example/x"},
           {"HTTP://Other.Example:80/../x", "http://other.example/x"},
           {" http://other.example/x\n", "http://other.example/x"},
           {"ht\ntp:/\t/other.example", "http://other.example/"},
       }) {
    check_resolved(base, accepted);
  }
}

TEST_CASE("against an empty URL only what is absolute resolves") {
  const auto absolute = Url().resolve("http:example.org/x");
  REQUIRE(absolute);
  CHECK(absolute->href() == "http://example.org/x");
  for (const std::string_view reference : {"x", "/x", "//example.org/x", "?x", "#x", ""}) {
    CAPTURE(reference);
    const auto relative = Url().resolve(reference);
    REQUIRE_FALSE(relative);
    CHECK(relative.error().kind == nbcrawl::ErrorKind::invalid_url);
  }
}

TEST_CASE("the examples of RFC 3986") {
  constexpr std::string_view base = "http://a/b/c/d;p?q";
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"g", "http://a/b/c/g"},
           {"./g", "http://a/b/c/g"},
           {"g/", "http://a/b/c/g/"},
           {"/g", "http://a/g"},
           {"//g", "http://g/"},
           {"?y", "http://a/b/c/d;p?y"},
           {"g?y", "http://a/b/c/g?y"},
           {"#s", "http://a/b/c/d;p?q#s"},
           {"g#s", "http://a/b/c/g#s"},
           {"g?y#s", "http://a/b/c/g?y#s"},
           {";x", "http://a/b/c/;x"},
           {"g;x", "http://a/b/c/g;x"},
           {"g;x?y#s", "http://a/b/c/g;x?y#s"},
           {"", "http://a/b/c/d;p?q"},
           {".", "http://a/b/c/"},
           {"./", "http://a/b/c/"},
           {"..", "http://a/b/"},
           {"../", "http://a/b/"},
           {"../g", "http://a/b/g"},
           {"../..", "http://a/"},
           {"../../", "http://a/"},
           {"../../g", "http://a/g"},
           {"../../../g", "http://a/g"},
           {"../../../../g", "http://a/g"},
           {"/./g", "http://a/g"},
           {"/../g", "http://a/g"},
           {"g.", "http://a/b/c/g."},
           {".g", "http://a/b/c/.g"},
           {"g..", "http://a/b/c/g.."},
           {"..g", "http://a/b/c/..g"},
           {"./../g", "http://a/b/g"},
           {"./g/.", "http://a/b/c/g/"},
           {"g/./h", "http://a/b/c/g/h"},
           {"g/../h", "http://a/b/c/h"},
           {"g;x=1/./y", "http://a/b/c/g;x=1/y"},
           {"g;x=1/../y", "http://a/b/c/y"},
           {"g?y/./x", "http://a/b/c/g?y/./x"},
           {"g?y/../x", "http://a/b/c/g?y/../x"},
           {"g#s/./x", "http://a/b/c/g#s/./x"},
           {"g#s/../x", "http://a/b/c/g#s/../x"},
           {"http:g", "http://a/b/c/g"},
       }) {
    check_resolved(base, accepted);
  }
}

TEST_CASE("a reference without scheme takes the base's") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"//other.example", "https://other.example/"},
           {"//other.example:443/x", "https://other.example/x"},
           {"//other.example:80/x", "https://other.example:80/x"},
           {"///other.example/x", "https://other.example/x"},
           {"\\\\other.example\\x", "https://other.example/x"},
           {"/\\other.example/x", "https://other.example/x"},
           {"\\/other.example/x", "https://other.example/x"},
           {"/\t/other.example/x", "https://other.example/x"},
           {"//[::1]:8443/x", "https://[::1]:8443/x"},
           {"//0x7f.1/x", "https://127.0.0.1/x"},
           {"https://other.example/x", "https://other.example/x"},
           {"https:\\\\other.example/x", "https://other.example/x"},
           {"http:other.example/x", "http://other.example/x"},
       }) {
    check_resolved("https://example.org:8443/a/b", accepted);
  }
}

TEST_CASE("a reference with the base's scheme but without two slashes is relative") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http:x", "http://example.org:81/a/x"},
           {"http:/x", "http://example.org:81/x"},
           {"http:\\x", "http://example.org:81/x"},
           {"http:../x", "http://example.org:81/x"},
           {"http:?x", "http://example.org:81/a/b?x"},
           {"http:#x", "http://example.org:81/a/b?q#x"},
           {"http:", "http://example.org:81/a/b?q"},
           {"HTTP:x:y", "http://example.org:81/a/x:y"},
           {"http:/\\x", "http://x/"},
       }) {
    check_resolved("http://example.org:81/a/b?q#f", accepted);
  }
}

TEST_CASE("path, query and fragment of a reference replace the base's") {
  constexpr std::string_view base = "http://example.org:81/a/b/../c/?q=1#f";
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"", "http://example.org:81/a/c/?q=1"},
           {" \t\n", "http://example.org:81/a/c/?q=1"},
           {"#", "http://example.org:81/a/c/?q=1#"},
           {"#g h", "http://example.org:81/a/c/?q=1#g%20h"},
           {"#/../x", "http://example.org:81/a/c/?q=1#/../x"},
           {"?", "http://example.org:81/a/c/?"},
           {"?r s", "http://example.org:81/a/c/?r%20s"},
           {"?r#s", "http://example.org:81/a/c/?r#s"},
           {"/", "http://example.org:81/"},
           {"\\", "http://example.org:81/"},
           {"/x y", "http://example.org:81/x%20y"},
           {"/?r", "http://example.org:81/?r"},
           {"/#g", "http://example.org:81/#g"},
           {"x", "http://example.org:81/a/c/x"},
           {"x\\y", "http://example.org:81/a/c/x/y"},
           {"..\\x", "http://example.org:81/a/x"},
           {"%2e%2e/x", "http://example.org:81/a/x"},
           {"%2E", "http://example.org:81/a/c/"},
           {"../../../x", "http://example.org:81/x"},
           {"x//y", "http://example.org:81/a/c/x//y"},
           {":", "http://example.org:81/a/c/:"},
           {":80/x", "http://example.org:81/a/c/:80/x"},
           {"1:x", "http://example.org:81/a/c/1:x"},
           {"./http://x", "http://example.org:81/a/c/http://x"},
           {"@x", "http://example.org:81/a/c/@x"},
           {"[::1]", "http://example.org:81/a/c/[::1]"},
           {"http", "http://example.org:81/a/c/http"},
           {"é?é#é", "http://example.org:81/a/c/%C3%A9?%C3%A9#%C3%A9"},
           {"\xff", "http://example.org:81/a/c/%FF"},
           {"a\0b"sv, "http://example.org:81/a/c/a%00b"},
           {"x/\r\nX-Injected: 1", "http://example.org:81/a/c/x/X-Injected:%201"},
           {"//evil.example\\@h/", "http://evil.example/@h/"},
       }) {
    check_resolved(base, accepted);
  }
}

TEST_CASE("a base whose path is only the root") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"x", "http://h/x"},
           {"..", "http://h/"},
           {"../x", "http://h/x"},
           {"?q", "http://h/?q"},
           {"", "http://h/"},
           {".//x", "http://h//x"},
           {"..//x", "http://h//x"},
       }) {
    check_resolved("http://h", accepted);
  }
  check_resolved("http://h//", {"../x", "http://h/x"});
  check_resolved("http://h//a", {"x", "http://h//x"});
  check_resolved("http://h/a//", {"..", "http://h/a/"});
  check_resolved("http://[::1]:81/a", {"b", "http://[::1]:81/b"});
}

TEST_CASE("a reference that can't be fetched is refused") {
  const Url base = *Url::parse("http://example.org/a/b");
  for (const std::string_view reference : {"javascript:void(0)", "java\tscript:x", " data:,x", "mailto:a@b", "ftp://h/",
                                           "file:///x", "tel:1", "x:", "a.b:80/"}) {
    INFO(reference);
    const auto url = base.resolve(reference);
    REQUIRE_FALSE(url);
    CHECK(url.error().kind == nbcrawl::ErrorKind::unsupported_scheme);
  }
  for (const std::string_view reference :
       {"//", "///", "\\\\", "//?q", "http://", "https:", "//a b/", "//h:0/", "//h:70000/", "//[::1/", "//1.2.3.4.5/",
        "http://%00/", "//user@/", "//\u200d/", "https:///"}) {
    INFO(reference);
    const auto url = base.resolve(reference);
    REQUIRE_FALSE(url);
    CHECK(url.error().kind == nbcrawl::ErrorKind::invalid_url);
  }
}

TEST_CASE("a URL stays what it is while references are resolved against it, and references may be views into it") {
  const Url base = *Url::parse("http://example.org/a/b?q#f");
  const Url copy = base;
  const auto url = base.resolve(base.path());
  REQUIRE(url);
  CHECK(url->href() == "http://example.org/a/b");
  CHECK(base == copy);
  Url same = base;
  same = *same.resolve("c");
  CHECK(same.href() == "http://example.org/a/c");
}

TEST_CASE("a resolved URL of more than 1 MiB is refused") {
  const Url base = *Url::parse("http://h/" + std::string(600'000, 'a') + "/x");
  CHECK(base.resolve("y"));
  const auto url = base.resolve(std::string(600'000, 'b'));
  REQUIRE_FALSE(url);
  CHECK(url.error().kind == nbcrawl::ErrorKind::invalid_url);
}
