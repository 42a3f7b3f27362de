// Expectations from the WHATWG URL standard, "percent-encode after encoding", and its examples.
#include "charset/query_encoder.hpp"

#include "catch2_shim.hpp"

using nbcrawl::Encoding;
using nbcrawl::QueryEncoder;

TEST_CASE("a query is in the encoding of its page") {
  CHECK(QueryEncoder(Encoding::gbk).encode("?q=你好&r=a b") == "?q=%C4%E3%BA%C3&r=a b");
  CHECK(QueryEncoder(Encoding::big5).encode("?你") == "?%A7A");
  CHECK(QueryEncoder(Encoding::windows_1252).encode("?é") == "?%E9");
  CHECK(QueryEncoder(Encoding::shift_jis).encode("?≡") == "?%81%DF");
  CHECK(QueryEncoder(Encoding::iso_2022_jp).encode("?¥") == "?%1B%28J\\%1B%28B");
  CHECK(QueryEncoder(Encoding::gbk).encode("") == "");
  CHECK(QueryEncoder(Encoding::gbk).encode("?a=%20") == "?a=%20");
}

TEST_CASE("a character that the encoding lacks is a reference") {
  CHECK(QueryEncoder(Encoding::shift_jis).encode("?‽") == "?%26%238253%3B");
  CHECK(QueryEncoder(Encoding::windows_1252).encode("?é你é") == "?%E9%26%2320320%3B%E9");
  CHECK(QueryEncoder(Encoding::gbk).encode("?😀") == "?%26%23128512%3B");
  CHECK(QueryEncoder(Encoding::windows_1252).encode("?a\xE2\x80\x8C") == "?a%26%238204%3B");
}

TEST_CASE("pages that have no encoding to write in have their queries in UTF-8") {
  CHECK(QueryEncoder(Encoding::utf_8).is_utf_8());
  CHECK(QueryEncoder(Encoding::utf_16le).is_utf_8());
  CHECK(QueryEncoder(Encoding::replacement).is_utf_8());
  CHECK_FALSE(QueryEncoder(Encoding::gbk).is_utf_8());
  CHECK(QueryEncoder(Encoding::utf_16le).encode("?é") == "?%C3%A9");
}

TEST_CASE("long queries are whole") {
  QueryEncoder encoder(Encoding::gbk);
  std::string query;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    query += "你😀";
    expected += "%C4%E3%26%23128512%3B";
  }
  CHECK(encoder.encode(query) == expected);
  CHECK(encoder.encode("你") == "%C4%E3");
}
