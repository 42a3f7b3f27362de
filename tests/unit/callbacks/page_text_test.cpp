#include "callbacks/page_text.hpp"

#include "catch2_shim.hpp"

using nbcrawl::is_text;
using nbcrawl::page_kind;
using nbcrawl::PageKind;

TEST_CASE("what a page is taken for by its Content-Type") {
  for (const std::string_view type :
       {"", "text/html", "Text/HTML; charset=gbk", "text/html ;a=b", "application/xhtml+xml", ";"})
    CHECK(page_kind(type) == PageKind::html);
  for (const std::string_view type : {"text/plain", "TEXT/css; charset=utf-8", "text/htmlx", "text/"})
    CHECK(page_kind(type) == PageKind::text);
  for (const std::string_view type : {"image/png", "application/json", "application/xml", "text", "textual/html"})
    CHECK(page_kind(type) == PageKind::other);
}

TEST_CASE("what is made of characters, and what is not") {
  for (const std::string_view type :
       {"", "text/html", "TEXT/plain", "application/json", "application/ld+json", "application/x-ndjson",
        "application/xml", "image/svg+xml; x=y", "application/rss+XML", "application/javascript",
        "application/x-javascript", "application/x-www-form-urlencoded", "application/yaml", "message/rfc822",
        "application/octet-stream; charset=gbk"}) {
    CAPTURE(type);
    CHECK(is_text(type));
  }
  for (const std::string_view type :
       {"image/png", "IMAGE/JPEG", "audio/mpeg", "video/mp4", "font/woff2", "application/octet-stream",
        "application/zip", "application/gzip", "application/x-tar", "application/pdf", "application/vnd.ms-excel",
        "application/wasm"}) {
    CAPTURE(type);
    CHECK_FALSE(is_text(type));
  }
}
