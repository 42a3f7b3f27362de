// Cases written from the WHATWG URL standard, sections 3.2 to 3.5: domains.
#include <string>

#include "catch2_shim.hpp"
#include "url_case.hpp"

using namespace std::string_view_literals;
using nbcrawl::test::Accepted;
using nbcrawl::test::Refused;

TEST_CASE("an ASCII domain is only lowercased") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://EXAMPLE.Com/", "http://example.com/"},
           {"http://example.com./", "http://example.com./"},
           {"http://a_b.example/", "http://a_b.example/"},
           {"http://-a-.example/", "http://-a-.example/"},
           {"http://ab--c.example/", "http://ab--c.example/"},
           {"http://a..b/", "http://a..b/"},
           {"http://.a/", "http://.a/"},
           {"http://./", "http://./"},
           {"http://../", "http://../"},
           {"http://!$&'()*+,;=~`{}\"/", "http://!$&'()*+,;=~`{}\"/"},
           {"http://localhost/", "http://localhost/"},
           {"http://xn--bcher-kva.example/", "http://xn--bcher-kva.example/"},
           {"http://XN--BCHER-KVA.example/", "http://xn--bcher-kva.example/"},
           {"http://xn--a/", "http://xn--a/"},
           {"http://xn--/", "http://xn--/"},
           {"http://a.xn--pokxncvks/", "http://a.xn--pokxncvks/"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("a domain is percent-decoded first") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://ex%61mple.com/", "http://example.com/"},
           {"http://%45%58.com/", "http://ex.com/"},
           {"http://a%2eb/", "http://a.b/"},
           {"http://b%C3%BCcher.example/", "http://xn--bcher-kva.example/"},
           {"http://b%C3%9Ccher.example/", "http://xn--bcher-kva.example/"},
           {"http://%E2%84%AA.example/", "http://k.example/"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("a domain that is not ASCII goes through UTS #46, nontransitional") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://bücher.example/", "http://xn--bcher-kva.example/"},
           {"http://BÜCHER.Example/", "http://xn--bcher-kva.example/"},
           {"http://bu\u0308cher.example/", "http://xn--bcher-kva.example/"},
           {"http://faß.example/", "http://xn--fa-hia.example/"},
           {"http://ς.example/", "http://xn--3xa.example/"},
           {"http://日本語。jp/", "http://xn--wgv71a119e.jp/"},
           {"http://中国．cn/", "http://xn--fiqs8s.cn/"},
           {"http://例え｡テスト/", "http://xn--r8jz45g.xn--zckzah/"},
           {"http://☕.example/", "http://xn--53h.example/"},
           {"http://ＥＸＡＭＰＬＥ.com/", "http://example.com/"},
           {"http://a\u00adb.example/", "http://ab.example/"},
           {"http://a\u200bb.example/", "http://ab.example/"},
           {"http://\ufeffa.example/", "http://a.example/"},
           {"http://ab--c.ß/", "http://ab--c.xn--zca/"},
           {"http://-x.ß/", "http://-x.xn--zca/"},
           {"http://x-.ß/", "http://x-.xn--zca/"},
           {"http://x..ß/", "http://x..xn--zca/"},
           {"http://a_b.ß/", "http://a_b.xn--zca/"},
           {"http://xn--zca.ß/", "http://xn--zca.xn--zca/"},
           {"http://≠/", "http://xn--1ch/"},
           {"http://ü.example:8080/ü", "http://xn--tda.example:8080/%C3%BC"},
           {"http://\u064a./", "http://xn--mhb./"},
           {"http://Ⅷ.example/", "http://viii.example/"},
       }) {
    nbcrawl::test::check(accepted);
  }
  const std::string label(62, 'x');
  nbcrawl::test::check(Accepted{"http://" + label + "xx.ß/", "http://" + label + "xx.xn--zca/"});
}

TEST_CASE("a domain that UTS #46 refuses is refused") {
  for (const std::string_view input : {
           "http://\u200d.example/",
           "http://\u064aa/",
           "http://\u064a.1/",
           "http://\ufffd.example/",
           "http://xn--a.ß/",
           "http://xn--te\u0161la/",
           "http://xn--.ß/",
           "http://\u0300a.example/",
           "http://a\ue000.example/",
           "http://\u2fff.example/",
           "http://\xff.example/",
           "http://a\xc3.example/",
           "http://%ff.example/",
           "http://%c3.example/",
           "http://\xed\xa0\x80.example/",
           "http://\xc0\xaf.example/",
       }) {
    nbcrawl::test::check(Refused{input, "has a host that is no valid internationalized name"});
  }
}

TEST_CASE("a domain with a forbidden code point is refused, however it is spelled") {
  constexpr std::string_view reason = "has a character in its host that no host can have";
  for (const std::string_view input : {
           "http://ex ample.com/"sv,
           "http://example.com /"sv,
           "http:// example.com/"sv,
           "http://ex%20ample.com/"sv,
           "http://a\0b/"sv,
           "http://a%00b/"sv,
           "http://a\x01/"sv,
           "http://a\x1f/"sv,
           "http://a\x7f/"sv,
           "http://a%7Fb/"sv,
           "http://a%0d%0ab/"sv,
           "http://a%09b/"sv,
           "http://a%2fb/"sv,
           "http://a%2Fb/"sv,
           "http://a%5cb/"sv,
           "http://a%3ab/"sv,
           "http://a%3A80/"sv,
           "http://a%40b/"sv,
           "http://a%23b/"sv,
           "http://a%3fb/"sv,
           "http://a%5bb%5d/"sv,
           "http://%5b::1%5d/"sv,
           "http://a%25b/"sv,
           "http://a%2541/"sv,
           "http://a%/"sv,
           "http://a%4/"sv,
           "http://a%zz/"sv,
           "http://a<b/"sv,
           "http://a>b/"sv,
           "http://a^b/"sv,
           "http://a|b/"sv,
           "http://a[b/"sv,
           "http://a]b/"sv,
           "http://a[::1]/"sv,
           "http://ü b/"sv,
           "http://ü%2fb/"sv,
           "http://％４１.example/"sv,
           "http://a\uff0fb/"sv,
           "http://a\uff20b/"sv,
           "http://a\uff1ab/"sv,
           "http://a\uff03b/"sv,
           "http://a\uff1fb/"sv,
           "http://a\u2100b/"sv,
       }) {
    nbcrawl::test::check(Refused{input, reason});
  }
}

TEST_CASE("an empty host is refused") {
  for (const std::string_view input : {
           "http:",
           "http:/",
           "http://",
           "http:////",
           "https:\\\\",
           "http://?q",
           "http://#f",
           "http://?http://h/",
           "http://:80/",
           "http://:/",
           "http://@/",
           "http://user@/",
           "http://user:pw@",
           "http://@",
           "http://@:80/",
           "http://user@?q",
           "http://\u00ad/",
           "http://%C2%AD/",
           "http://\u200b\ufeff/",
           "http://\t\n/",
           "http://a@#b",
       }) {
    nbcrawl::test::check(Refused{input, "has no host"});
  }
}

TEST_CASE("a host of more than 1024 bytes is refused, before and after IDNA") {
  const std::string longest = "http://" + std::string(1024, 'a') + "/";
  nbcrawl::test::check(Accepted{longest, longest});
  nbcrawl::test::check(Refused{"http://a" + longest.substr(7), "has a host that is too long"});
  std::string umlauts;
  for (int i = 0; i < 513; ++i) umlauts += "ü";
  nbcrawl::test::check(Refused{"http://" + umlauts + "/", "has a host that is too long"});
  std::string ligatures;  // three bytes each that become 18 letters
  for (int i = 0; i < 100; ++i) ligatures += "\ufdfa";
  nbcrawl::test::check(Refused{"http://" + ligatures + "/", "has a host that is too long"});
}

TEST_CASE("look-alike separators do not move the host") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://good.example\\@evil.example/", "http://good.example/@evil.example/"},
           {"http://good.example/@evil.example/", "http://good.example/@evil.example/"},
           {"http://good.example#@evil.example/", "http://good.example/#@evil.example/"},
           {"http://good.example?@evil.example/", "http://good.example/?@evil.example/"},
           {"http://evil.example@good.example/", "http://good.example/"},
           {"http://evil.example:80@good.example/", "http://good.example/"},
           {"http://a@evil.example@good.example/", "http://good.example/"},
           {"http://evil.example%2f@good.example/", "http://good.example/"},
           {"http://evil.example%00@good.example/", "http://good.example/"},
           {"http://evil.example\t@good.example/", "http://good.example/"},
           {"http://good.example\n.evil/", "http://good.example.evil/"},
           {"http://good.example/\\evil.example/", "http://good.example//evil.example/"},
           {"http:good.example\\evil.example", "http://good.example/evil.example"},
       }) {
    nbcrawl::test::check(accepted);
  }
}
