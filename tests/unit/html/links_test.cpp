#include "html/links.hpp"

#include <string>

#include "catch2_shim.hpp"

using nbcrawl::Url;
using namespace nbcrawl::html;

namespace {

LinkCollector read(std::string_view page) {
  LinkCollector collector;
  Tokenizer tokenizer(collector);
  tokenizer.feed(page);
  tokenizer.finish();
  return collector;
}

std::string links(std::string_view page, std::string_view url = "http://example.org/a/b?q#f") {
  return std::string(read(page).links(Url::parse(url).value()).value().block());
}

}  // namespace

TEST_CASE("links of every kind, absolute, in the order of the page") {
  CHECK(links("<a href=c>") == "http://example.org/a/c\n");
  CHECK(links("<A HREF='/c?d=1&amp;e=2'>") == "http://example.org/c?d=1&e=2\n");
  CHECK(links("<a href=//other.example/c>") == "http://other.example/c\n");
  CHECK(links("<a href=https://other.example>") == "https://other.example/\n");
  CHECK(links("<a href='?r'>") == "http://example.org/a/b?r\n");
  CHECK(links("<a href='&#x2F;c'>") == "http://example.org/c\n");
  CHECK(links("<a href='\n c \t'>") == "http://example.org/a/c\n");
  CHECK(links("<area href=c><iframe src=d></iframe><frame src=e>") ==
        "http://example.org/a/c\nhttp://example.org/a/d\nhttp://example.org/a/e\n");
  CHECK(links("<a href=z><a href=c><a href=m>") ==
        "http://example.org/a/z\nhttp://example.org/a/c\nhttp://example.org/a/m\n");
  CHECK(links("<noscript><a href=c></noscript>") == "http://example.org/a/c\n");
  CHECK(links("<svg><a href=c></a></svg>") == "http://example.org/a/c\n");
}

TEST_CASE("what is not a link to a page") {
  for (const std::string_view page : {"<a>",
                                      "<a name=c>",
                                      "<a href='mailto:c@example.org'>",
                                      "<a href='javascript:d()'>",
                                      "<a href=ftp://c/>",
                                      "<a href=data:,c>",
                                      "<a href='tel:1'>",
                                      "<a href='http://[::1'>",
                                      "<a href='http://a b/'>",
                                      "<img src=c>",
                                      "<script src=c></script>",
                                      "<!-- <a href=c> -->",
                                      "<script>'<a href=c>'</script>",
                                      "<style><a href=c></style>",
                                      "<title><a href=c></title>",
                                      "<iframe><a href=c></iframe>",
                                      "<b href=c>",
                                      "<a xhref=c>",
                                      "</a href=c>",
                                      "<a href=c",
                                      "<form action=c>"}) {
    CAPTURE(page);
    CHECK(links(page).empty());
  }
}

TEST_CASE("each link once, without its fragment; a place of the same page is none") {
  CHECK(links("<a href=c><a href=./c><a href='c#x'><a href=/a/c><a href='http://EXAMPLE.org:80/a/%63'>") ==
        "http://example.org/a/c\nhttp://example.org/a/%63\n");
  CHECK(links("<a href='#'><a href='#x'>").empty());
  CHECK(links("<a href=''>") == "http://example.org/a/b?q\n");
  CHECK(links("<a href='b?q#x'>") == "http://example.org/a/b?q\n");
}

TEST_CASE("<link> counts where it leads to a page") {
  CHECK(links("<link rel=next href=c>") == "http://example.org/a/c\n");
  CHECK(links("<link rel='nofollow PREV' href=c>") == "http://example.org/a/c\n");
  CHECK(links("<link rel=canonical href=/c>") == "http://example.org/c\n");
  CHECK(links("<link rel=alternate hreflang=de href=c>") == "http://example.org/a/c\n");
  CHECK(links("<link rel=alternate type='text/html; charset=utf-8' href=c>") == "http://example.org/a/c\n");
  for (const std::string_view page :
       {"<link href=c>", "<link rel=stylesheet href=c>", "<link rel='alternate stylesheet' href=c>",
        "<link rel='alternate icon' href=c>", "<link rel=icon href=c>",
        "<link rel=alternate type=application/rss+xml href=c>", "<link rel=preload href=c>",
        "<link rel=dns-prefetch href=//c>", "<link rel=manifest href=c>", "<link rel=search href=c>",
        "<link rel=nextx href=c>"}) {
    CAPTURE(page);
    CHECK(links(page).empty());
  }
}

TEST_CASE("the first <base href> holds for all links of the page") {
  CHECK(links("<base href=/x/><a href=c>") == "http://example.org/x/c\n");
  CHECK(links("<a href=c><base href=/x/>") == "http://example.org/x/c\n");
  CHECK(links("<base target=_top><base href=//other.example/x/y><base href=/z/><a href=c>") ==
        "http://other.example/x/c\n");
  CHECK(links("<base href=/x/y><a href='#z'>") == "http://example.org/x/y\n");
  CHECK(links("<base href='mailto:x'><a href=c>") == "http://example.org/a/c\n");
  CHECK(links("<base href='/x&amp;y/'><a href=c>") == "http://example.org/x&y/c\n");
}

TEST_CASE("a refresh is a link") {
  CHECK(links("<meta http-equiv=Refresh content='0; url=c'>") == "http://example.org/a/c\n");
  CHECK(links("<meta http-equiv=refresh content='5'>").empty());
  CHECK(links("<meta content='0; url=c'>").empty());
}

TEST_CASE("a query is in the encoding of the page, a path in UTF-8") {
  const LinkCollector collector =
      read("<a href='/\xE4\xBD\xA0?\xE4\xBD\xA0#\xE4\xBD\xA0'><a href='/?a'><a href='/c#?\xE4\xBD\xA0'>");
  const Url page = Url::parse("http://example.org/").value();
  const auto encode = [](std::string_view query) {
    CHECK(query == "?\xE4\xBD\xA0");
    return std::string("?%C4%E3");
  };
  CHECK(collector.links(page, encode)->block() ==
        "http://example.org/%E4%BD%A0?%C4%E3\nhttp://example.org/?a\nhttp://example.org/c\n");
  CHECK((*collector.links(page))[0] == "http://example.org/%E4%BD%A0?%E4%BD%A0");
}

TEST_CASE("robots directives of a page") {
  const auto robots = [](std::string_view page) { return read(page).robots(); };
  CHECK(robots("<meta name=robots content=noindex>").noindex);
  CHECK_FALSE(robots("<meta name=robots content=noindex>").nofollow);
  CHECK(robots("<meta name=ROBOTS content='all, NoFollow'>").nofollow);
  CHECK(robots("<meta name=nbcrawl content=none>").noindex);
  CHECK(robots("<meta name=robots content=noindex><meta name=robots content='index, nofollow'>").noindex);
  CHECK_FALSE(robots("<meta name=googlebot content=none>").noindex);
  CHECK_FALSE(robots("<meta name=robots content='noindexing, no follow'>").noindex);
}

TEST_CASE("a million links, each once") {
  std::string page;
  for (int i = 0; i < 1'000'000; ++i) page += "<a href=" + std::to_string(i % 700'000) + ">";
  const UniqueLines found = read(page).links(Url::parse("http://example.org/").value()).value();
  CHECK(found.size() == 700'000);
  CHECK(found[699'999] == "http://example.org/699999");
}

TEST_CASE("links that the page's base makes large are bounded, those that lead to one place too") {
  const auto page = [](std::size_t links, bool alike) {
    std::string text = "<base href='/" + std::string(100'000, 'b') + "/'>";
    for (std::size_t i = 0; i < links; ++i) text += (alike ? "<a href=?#" : "<a href=") + std::to_string(i) + ">";
    return read(text).links(Url::parse("http://example.org/").value());
  };
  constexpr std::size_t most = LinkCollector::max_links_bytes / 100'100;  // each has some bytes beside the base
  CHECK(page(most, false).value().size() == most);
  CHECK(page(most, true).value().size() == 1);
  CHECK_FALSE(page(most + 10, false));
  CHECK_FALSE(page(most + 10, true));
}

TEST_CASE("references that a long base makes too long, or that a user name goes with, are counted like others") {
  const auto page = [](const std::string& base, std::size_t links) {
    std::string text = "<base href='" + base + "'>";
    for (std::size_t i = 0; i < links; ++i) text += "<a href=" + std::to_string(1000 + i) + ">";
    return read(text).links(Url::parse("http://example.org/").value());
  };
  const std::string longest = "http://example.org/" + std::string(349'518, '{') + "/";  // each is %7B
  CHECK(page(longest, 63).value().size() == 0);
  CHECK_FALSE(page(longest, 65));
  const std::string with_user = "http://" + std::string(1'000'000, 'u') + "@example.org/";
  CHECK(page(with_user, 67).value().size() == 67);
  CHECK_FALSE(page(with_user, 68));
}
