// Cases written from the WHATWG URL standard, section 4.4: everything of a URL but its host.
#include "catch2_shim.hpp"
#include "url_case.hpp"

using namespace std::string_view_literals;
using nbcrawl::test::Accepted;
using nbcrawl::test::Refused;

TEST_CASE("a URL that is serialised already stays as it is") {
  for (const std::string_view href : {
           "http://example.com/",
           "https://example.com/",
           "http://example.com/index.html",
           "http://example.com:8080/index.html",
           "https://example.com:80/",
           "http://example.com:443/",
           "http://example.com:1/",
           "http://example.com:65535/",
           "http://a/b/c/d;p?q",
           "http://example.com/a//b",
           "http://example.com//",
           "http://example.com/a/",
           "http://example.com/?",
           "http://example.com/#",
           "http://example.com/?#",
           "http://example.com/?a=b&c=d",
           "http://example.com/?a/b",
           "http://example.com/?a/../b",
           "http://example.com/??",
           "http://example.com/#a?b",
           "http://example.com/#a#b",
           "http://example.com/a#/b/../c",
           "http://example.com/%20",
           "http://example.com/%e4%bd%a0",
           "http://example.com/%E4%BD%A0",
           "http://example.com/%",
           "http://example.com/%zz",
           "http://example.com/%2",
           "http://example.com/%00%7f",
           "http://example.com/%2f..%2f",
           "http://example.com/a%2eb",
           "http://example.com/...",
           "http://example.com/.well-known/security.txt",
           "http://example.com/..a",
           "http://example.com/a..",
           "http://example.com/%2ea",
           "http://example.com/%2e%2e%2e",
           "http://example.com/~user/!$&'()*+,;=:@",
           "http://example.com/[]|",
           "http://example.com/?{}|\\^`",
           "http://example.com/#{}|\\^'",
           "http://example.com/http://other.example/",
           "http://example.com/?u=http://user:pw@other.example/",
           "http://example.com/@user",
           "http://example.com/a:b",
       }) {
    nbcrawl::test::check(Accepted{href, href});
  }
}

TEST_CASE("the scheme is matched in any case and followed by any number of slashes of either kind") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"HTTP://example.com/", "http://example.com/"},
           {"hTTpS://example.com/", "https://example.com/"},
           {"http:example.com", "http://example.com/"},
           {"http:/example.com", "http://example.com/"},
           {"http:///example.com", "http://example.com/"},
           {"http://///example.com///", "http://example.com///"},
           {"http:\\example.com", "http://example.com/"},
           {"http:\\\\example.com\\a\\b", "http://example.com/a/b"},
           {"http:/\\/\\example.com", "http://example.com/"},
           {"https:\\/example.com/", "https://example.com/"},
           {"https:example.com:80/x", "https://example.com:80/x"},
           {"http:80/", "http://0.0.0.80/"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("controls and spaces around a URL are stripped, tabs and newlines inside are removed") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {" http://example.com/ ", "http://example.com/"},
           {"\t\r\n http://example.com/\r\n", "http://example.com/"},
           {"\0\x01\x1f http://example.com/\0"sv, "http://example.com/"},
           {"ht\ntp://example.com/", "http://example.com/"},
           {"h\tt\rt\np:\n/\t/example.com/", "http://example.com/"},
           {"http://exam\tple\n.com/", "http://example.com/"},
           {"http://example.com:8\r\n0/", "http://example.com/"},
           {"http://example.com/a\r\nb", "http://example.com/ab"},
           {"http://example.com/?a\tb#c\nd", "http://example.com/?ab#cd"},
           {"http://example.com/.\t./a", "http://example.com/a"},
           {"http://example.com/%2\t0", "http://example.com/%20"},
           {"http://example.com/a \x7f", "http://example.com/a%20%7F"},
           {"http://example.com/\u00a0", "http://example.com/%C2%A0"},
           {"http://example.com/a\r\nHost: evil.example\r\n\r\n", "http://example.com/aHost:%20evil.example"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("a missing path is the root") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://example.com", "http://example.com/"},
           {"http://example.com?q", "http://example.com/?q"},
           {"http://example.com#f", "http://example.com/#f"},
           {"http://example.com?", "http://example.com/?"},
           {"http://example.com#", "http://example.com/#"},
           {"http://example.com?/a#/b", "http://example.com/?/a#/b"},
           {"http://example.com:8080", "http://example.com:8080/"},
           {"http://example.com:8080?q", "http://example.com:8080/?q"},
           {"http://example.com\\", "http://example.com/"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("dot segments are resolved in every spelling") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://h/.", "http://h/"},
           {"http://h/./", "http://h/"},
           {"http://h/..", "http://h/"},
           {"http://h/../", "http://h/"},
           {"http://h/../../../a", "http://h/a"},
           {"http://h/a/.", "http://h/a/"},
           {"http://h/a/./b", "http://h/a/b"},
           {"http://h/a/..", "http://h/"},
           {"http://h/a/../", "http://h/"},
           {"http://h/a/b/..", "http://h/a/"},
           {"http://h/a/b/../c", "http://h/a/c"},
           {"http://h/a/b/../../c", "http://h/c"},
           {"http://h/a/b/../../../c", "http://h/c"},
           {"http://h/a//..", "http://h/a/"},
           {"http://h/a//../b", "http://h/a/b"},
           {"http://h//..", "http://h/"},
           {"http://h//../b", "http://h/b"},
           {"http://h/%2e", "http://h/"},
           {"http://h/%2E/a", "http://h/a"},
           {"http://h/a/%2e%2e", "http://h/"},
           {"http://h/a/b/%2E%2e/c", "http://h/a/c"},
           {"http://h/a/b/.%2e/c", "http://h/a/c"},
           {"http://h/a/b/%2e./c", "http://h/a/c"},
           {"http://h/a/b/..?q", "http://h/a/?q"},
           {"http://h/a/b/.#f", "http://h/a/b/#f"},
           {"http://h/a\\..\\b", "http://h/b"},
           {"http://h\\a\\.\\b", "http://h/a/b"},
           {"http://h/a/..%2fb", "http://h/a/..%2fb"},
           {"http://h/a/%2e%2e%2fb", "http://h/a/%2e%2e%2fb"},
           {"http://h/a/.../b", "http://h/a/.../b"},
           {"http://h/a/. /b", "http://h/a/.%20/b"},
           {"http://h/a/..;/b", "http://h/a/..;/b"},
           {"http://h/a/b/c/./../../g", "http://h/a/g"},
           {"http://h/a/b/../b/../b/..", "http://h/a/"},
           {"http://h/a/.b/../c", "http://h/a/c"},
           {"http://h/.*/..?q", "http://h/?q"},
           {"http://h/^/a", "http://h/%5E/a"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("each part is percent-encoded with its own set") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://h/a b", "http://h/a%20b"},
           {"http://h/\"<>`{}^", "http://h/%22%3C%3E%60%7B%7D%5E"},
           {"http://h/'|[]%", "http://h/'|[]%"},
           {"http://h/?\"<> '", "http://h/?%22%3C%3E%20%27"},
           {"http://h/?`{}|^\\[]", "http://h/?`{}|^\\[]"},
           {"http://h/#\"<> `", "http://h/#%22%3C%3E%20%60"},
           {"http://h/#'{}|^\\[]", "http://h/#'{}|^\\[]"},
           {"http://h/\x01\x1f\x7f", "http://h/%01%1F%7F"},
           {"http://h/a\0b"sv, "http://h/a%00b"},
           {"http://h/?a\0b"sv, "http://h/?a%00b"},
           {"http://h/#a\0b"sv, "http://h/#a%00b"},
           {"http://h/?\x01\x1f\x7f", "http://h/?%01%1F%7F"},
           {"http://h/#\x01\x1f\x7f", "http://h/#%01%1F%7F"},
           {"http://h/é", "http://h/%C3%A9"},
           {"http://h/?é", "http://h/?%C3%A9"},
           {"http://h/#é", "http://h/#%C3%A9"},
           {"http://h/日本/語?語#本", "http://h/%E6%97%A5%E6%9C%AC/%E8%AA%9E?%E8%AA%9E#%E6%9C%AC"},
           {"http://h/😀", "http://h/%F0%9F%98%80"},
           {"http://h/%20 %", "http://h/%20%20%"},
           {"http://h/?q= HTTP/1.1", "http://h/?q=%20HTTP/1.1"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("bytes that are not UTF-8 are percent-encoded as they are outside the host") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://h/\xff", "http://h/%FF"},
           {"http://h/\xd6\xd0\xce\xc4", "http://h/%D6%D0%CE%C4"},
           {"http://h/?q=\xd6\xd0", "http://h/?q=%D6%D0"},
           {"http://h/#\x80", "http://h/#%80"},
           {"http://h/\xc3/\xa9", "http://h/%C3/%A9"},
           {"http://h/\xed\xa0\x80", "http://h/%ED%A0%80"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("the port is normalised, and dropped where it is the scheme's default") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://h:80/", "http://h/"},
           {"https://h:443/", "https://h/"},
           {"http://h:/", "http://h/"},
           {"https://h:", "https://h/"},
           {"http://h:0080/", "http://h/"},
           {"http://h:000000000000000000000443/", "http://h:443/"},
           {"http://h:08080/", "http://h:8080/"},
           {"http://h:65535/", "http://h:65535/"},
           {"http://h:81?q", "http://h:81/?q"},
           {"http://h:81#f", "http://h:81/#f"},
           {"http://h:81\\a", "http://h:81/a"},
           {"http://[::1]:80/", "http://[::1]/"},
           {"http://[::1]:8080/", "http://[::1]:8080/"},
       }) {
    nbcrawl::test::check(accepted);
  }
  for (const Refused& refused : std::initializer_list<Refused>{
           {"http://h:0/", "has port 0, which nothing can listen on"},
           {"http://h:00000", "has port 0, which nothing can listen on"},
           {"http://h:65536/", "has a port above 65535"},
           {"http://h:99999999999999999999999999/", "has a port above 65535"},
           {"http://h:4294967376/", "has a port above 65535"},
           {"http://h:-1/", "has a port that is no number"},
           {"http://h:+80/", "has a port that is no number"},
           {"http://h:80a/", "has a port that is no number"},
           {"http://h: 80/", "has a port that is no number"},
           {"http://h:80 /", "has a port that is no number"},
           {"http://h:0x50/", "has a port that is no number"},
           {"http://h:80:80/", "has a port that is no number"},
           {"http://h:８０/", "has a port that is no number"},
           {"http://h:%38%30/", "has a port that is no number"},
           {"http://[::1]:x/", "has a port that is no number"},
       }) {
    nbcrawl::test::check(refused);
  }
}

TEST_CASE("what is not http or https is refused as such") {
  for (const std::string_view input : {
           "ftp://example.com/",
           "file:///etc/passwd",
           "javascript:alert(1)",
           "JavaScript:alert(1)",
           "\tjava\nscript:alert(1)",
           "data:text/html,x",
           "mailto:a",
           "ws://example.com/",
           "httpss://example.com/",
           "http2://example.com/",
           "h+t-t.p:x",
           "localhost:8080/",
           "example.com:80",
           "about:blank",
           "blob:https://example.com/1",
           "view-source:http://example.com/",
       }) {
    nbcrawl::test::check(
        Refused{input, "begins with a scheme other than http and https", nbcrawl::ErrorKind::unsupported_scheme});
  }
}

TEST_CASE("what has no scheme is refused as no URL") {
  for (const std::string_view input : {""sv,
                                       " "sv,
                                       "\0"sv,
                                       "example.com"sv,
                                       "www.example.com/a:b"sv,
                                       "/path"sv,
                                       "//example.com/"sv,
                                       "?q"sv,
                                       "#f"sv,
                                       "://example.com"sv,
                                       ":"sv,
                                       "1http://example.com/"sv,
                                       "-http://example.com/"sv,
                                       "http"sv,
                                       "http//example.com/"sv,
                                       "http ://example.com/"sv,
                                       "ht tp://example.com/"sv,
                                       "h\u00e9ttp://example.com/"sv,
                                       "%68ttp://example.com/"sv,
                                       "\xefhttp://example.com/"sv,
                                       "<http://example.com/>"sv}) {
    nbcrawl::test::check(Refused{input, "does not begin with http:// or https://"});
  }
}

TEST_CASE("a URL of more than 1 MiB is refused, before and after encoding") {
  constexpr std::size_t mib = 1024 * 1024;
  const std::string prefix = "http://h/";
  const std::string longest = prefix + std::string(mib - prefix.size(), 'a');
  REQUIRE(nbcrawl::Url::parse(longest));
  CHECK(nbcrawl::Url::parse(longest)->href() == longest);
  nbcrawl::test::check(Refused{longest + "a", "is longer than 1 MiB"});
  nbcrawl::test::check(Refused{std::string(mib + 1, ' '), "is longer than 1 MiB"});
  nbcrawl::test::check(Refused{prefix + std::string(mib / 2, '^'), "is longer than 1 MiB when encoded"});
}
