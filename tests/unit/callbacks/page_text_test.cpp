#include "callbacks/page_text.hpp"

#include "catch2_shim.hpp"

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
