#include "charset/from_utf8.hpp"

#include "catch2_shim.hpp"
#include "charset_case.hpp"

using nbcrawl::Encoding;
using nbcrawl::from_utf8;
using nbcrawl::test::from_hex;

TEST_CASE("text is written in another encoding") {
  CHECK(from_utf8(Encoding::gbk, "你好A€").value() == from_hex("C4 E3 BA C3 41 80"));
  CHECK(from_utf8(Encoding::big5, "你好").value() == from_hex("A7 41 A6 6E"));
  CHECK(from_utf8(Encoding::shift_jis, "日本").value() == from_hex("93 FA 96 7B"));
  CHECK(from_utf8(Encoding::iso_2022_jp, "日A").value() == from_hex("1B 24 42 46 7C 1B 28 42 41"));
  CHECK(from_utf8(Encoding::gb18030, "😀").value() == from_hex("94 39 FC 36"));
  CHECK(from_utf8(Encoding::utf_16le, "A😀").value() == from_hex("41 00 3D D8 00 DE"));
  CHECK(from_utf8(Encoding::utf_16be, "A").value() == from_hex("00 41"));
  CHECK(from_utf8(Encoding::windows_1252, "é€").value() == from_hex("E9 80"));
  CHECK(from_utf8(Encoding::utf_8, "你好").value() == "你好");
  CHECK(from_utf8(Encoding::gbk, "").value() == "");
}

TEST_CASE("a character that the encoding lacks is an error which names it") {
  const auto smile = from_utf8(Encoding::shift_jis, "日本😀");
  REQUIRE_FALSE(smile.has_value());
  CHECK(smile.error().detail == "U+1f600 can't be written in charset \"shift_jis\"");
  CHECK_FALSE(from_utf8(Encoding::windows_1252, "你").has_value());
  CHECK_FALSE(from_utf8(Encoding::gbk, "😀").has_value());
}

TEST_CASE("what is not UTF-8, and encodings that can only be read, are errors") {
  CHECK_FALSE(from_utf8(Encoding::gbk, "\xFF").has_value());
  CHECK_FALSE(from_utf8(Encoding::utf_8, "\xED\xA0\x80").has_value());
  CHECK_FALSE(from_utf8(Encoding::replacement, "a").has_value());
  CHECK_FALSE(from_utf8(Encoding::x_user_defined, "a").has_value());
  CHECK_FALSE(from_utf8(Encoding::iso_8859_16, "a").has_value());
}
