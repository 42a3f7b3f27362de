// The one-scan recogniser against the full parser: where it accepts, both must agree in every member.
#include <random>
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "nbcrawl/url.hpp"
#include "url/url_parser.hpp"

using nbcrawl::Result;
using nbcrawl::Url;
using nbcrawl::whatwg::UrlParser;

namespace {

using Choices = std::vector<std::string>;

// Picks with a fixed seed: a failure comes back on every run.
class Corpus {
 public:
  std::string url() {
    std::string text = pick({"http://", "https://"}, {"HTTP://", "http:/", "ftp://", ""});
    text += pick({"h", "example.com", "www.example.org", "a_b.c", "xn--bcher-kva.example", "127.0.0.1", "10.0.0.255",
                  "4.example"},
                 {"127.1",
                  "0x7f.1",
                  "1.2.3.4.",
                  "01.2.3.4",
                  "1.2.3.4.5",
                  "1.2.3.256",
                  "example.4",
                  "example.0x",
                  "example.4a",
                  "Example.com",
                  "a..b",
                  "a.",
                  ".",
                  "[::1]",
                  "u@h",
                  "u:p@h",
                  "b\u00fccher.example",
                  "a%62c",
                  "a|b",
                  "",
                  "!$&'()*+,;=~`{}\""});
    text += pick({"", "", ":8080", ":1"}, {":65535", ":80", ":443", ":0", ":65536", ":080", ":", ":8a", ":123456"});
    for (std::size_t segments = below(5); segments > 0; --segments) {
      text += pick({"/"}, {"//", "\\"});
      text += pick({"a", "index.html", "b.c", "a%20b", "%E4%BD%A0", "~u", "a'b", "a;b=c", ""},
                   {".", "..", "%2e", "%2E%2e", ".%2e", "...", ".git", "%25", "%2", "%", "a b", "\u00e9", "{}", "^",
                    "|", "[x]", "@", ":"});
    }
    text += pick({"", "?a=b&c=d", "?a?b"}, {"?", "?a b", "?'", "?{}|\\^`", "?\u00e9", "?%", "?/../x"});
    text += pick({"", "#f"}, {"#", "#a#b", "#a b", "#'", "#`", "#\u00e9", "#?/.."});
    if (below(8) == 0) text.insert(below(text.size() + 1), 1, any_byte());
    if (below(8) == 0 && !text.empty()) text[below(text.size())] = any_byte();
    if (below(8) == 0 && !text.empty()) text.erase(below(text.size()), 1);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return engine_() % limit; }
  std::string pick(const Choices& usual, const Choices& odd) {
    const Choices& choices = below(8) == 0 ? odd : usual;
    return choices[below(choices.size())];
  }
  char any_byte() { return static_cast<char>(below(256)); }

  std::mt19937 engine_{20240815};
};

bool is_normal(std::string_view input) {
  Url url;
  return UrlParser::parse_normal(input, url);
}

}  // namespace

TEST_CASE("the fast path and the full parser agree on a generated corpus") {
  Corpus corpus;
  int fast = 0;
  int refused = 0;
  for (int i = 0; i < 200'000; ++i) {
    const std::string input = corpus.url();
    INFO(input);
    Url normal;
    const Result<Url> full = UrlParser::parse(input, nullptr);
    if (UrlParser::parse_normal(input, normal)) {
      ++fast;
      if (!full || normal != *full || normal.href() != input) FAIL("the paths disagree");
    } else if (normal != Url()) {
      FAIL("the fast path refused, but left something behind");
    }
    if (!full) {
      ++refused;
      continue;
    }
    const Result<Url> again = Url::parse(full->href());
    if (!again || again->href() != full->href()) FAIL("the serialised URL does not parse to itself: " << full->href());
  }
  CHECK(fast > 50'000);  // otherwise the test compares nothing
  CHECK(refused > 10'000);
}

TEST_CASE("the fast path takes what job lists are made of") {
  for (const std::string_view input : {
           "http://example.com/",
           "https://www.example.com/articles/2024/05/some-page-name.html",
           "https://example.com/search?q=some+words&page=2#results",
           "http://127.0.0.1:8888/index.html",
           "https://example.com:8443/a_b/c-d/~e/f.g",
           "https://zh.example.org/wiki/%E4%BD%A0%E5%A5%BD",
           "http://4chan.example/x",
           "http://xn--bcher-kva.example/",
           "http://example.com./",
       }) {
    INFO(input);
    CHECK(is_normal(input));
  }
}

TEST_CASE("the fast path leaves to the full parser what is not serialised") {
  for (const std::string_view input : {"http://example.com",
                                       "http://example.com?q",
                                       "http://Example.com/",
                                       "HTTP://example.com/",
                                       "http:///example.com/",
                                       "http:/example.com/",
                                       "http://h:80/",
                                       "https://h:443/",
                                       "http://h:0/",
                                       "http://h:080/",
                                       "http://h:/",
                                       "http://h:65536/",
                                       "http://h:123456/",
                                       "http://u@h/",
                                       "http://[::1]/",
                                       "http://127.1/",
                                       "http://1.2.3.4./",
                                       "http://0x7f.1/",
                                       "http://1.2.3.256/",
                                       "http://example.1/",
                                       "http://\u00fc/",
                                       "http://%61/",
                                       "http://h/./",
                                       "http://h/..",
                                       "http://h/a/%2e",
                                       "http://h/a/%2E%2E/",
                                       "http://h/\\",
                                       "http://h\\",
                                       "http://h/ ",
                                       " http://h/",
                                       "http://h/\n",
                                       "http://h/?\t",
                                       "http://h/#\r",
                                       "http://h/?'",
                                       "http://h/#`",
                                       "http://h/^",
                                       "http:///",
                                       "http://",
                                       "https://",
                                       "http://?",
                                       "",
                                       "ftp://h/"}) {
    INFO(input);
    CHECK_FALSE(is_normal(input));
  }
}

TEST_CASE("no control character and no space of a URL reaches what is sent") {
  for (int byte = 0; byte <= 0x20; ++byte) {
    for (const std::string_view at : {"http://h/a%b", "http://h/?a%b", "http://h/#a%b", "http://u%v:p%q@h/"}) {
      std::string input(at);
      for (char& c : input) c = c == '%' ? static_cast<char>(byte) : c;
      const Result<Url> url = Url::parse(input);
      REQUIRE(url);
      for (const std::string_view text : {url->href(), url->username(), url->password()}) {
        for (const char c : text) CHECK((c > ' ' && c < '\x7f'));
      }
    }
    const bool removed = byte == '\t' || byte == '\n' || byte == '\r';
    std::string host = "http://a%b/";
    host[8] = static_cast<char>(byte);
    CHECK(Url::parse(host).has_value() == removed);
    std::string port = "http://h:8%0/";
    port[10] = static_cast<char>(byte);
    CHECK(Url::parse(port).has_value() == removed);
  }
  CHECK_FALSE(Url::parse("http://a\x7f/"));
  CHECK(Url::parse("http://h/a\x7f")->path() == "/a%7F");
}
