// Where the decoders of the Encoding standard put U+FFFD, and which bytes they read again: written from its sections 10
// to 14. Whole tables are in indexes_test.cpp.
#include <string>

#include "catch2_shim.hpp"
#include "charset_case.hpp"

using nbcrawl::test::DecodeCase;
using nbcrawl::test::decoded;
using nbcrawl::test::from_hex;

namespace {

void check(std::initializer_list<DecodeCase> cases) {
  for (const auto& [label, hex, text] : cases) {
    INFO(label << " " << hex);
    CHECK(decoded(label, from_hex(hex)) == text);
    // The same behind a run of ASCII, as long as a block and longer.
    for (const std::size_t size : {1U, 7U, 8U, 9U, 16U}) {
      const std::string ascii(size, 'x');
      if (label != "utf-16le" && label != "utf-16be")
        CHECK(decoded(label, ascii + from_hex(hex)) == ascii + std::string(text));
    }
  }
}

}  // namespace

TEST_CASE("gbk and gb18030: two bytes") {
  check({
      {"gbk", "C4 E3 BA C3 41", "你好A"},
      {"gbk", "80", "€"},
      {"gb18030", "80", "€"},
      {"gbk", "FF", "\uFFFD"},
      {"gbk", "81", "\uFFFD"},
      {"gbk", "81 20", "\uFFFD "},
      {"gbk", "81 0A", "\uFFFD\n"},
      {"gbk", "81 7F", "\uFFFD\x7F"},
      {"gbk", "81 80", "亐"},
      {"gbk", "81 FF", "\uFFFD"},
      {"gbk", "81 FF 41", "\uFFFDA"},
      {"gbk", "FF 81 40", "\uFFFD丂"},
      {"gbk", "A3 A0", "\u3000"},
      {"gbk", "A8 BC", "\u1E3F"},
      {"gbk", "A6 D9", "\uFE10"},
      {"gbk", "FE 59", "\u9FB4"},
      {"gbk", "A1 A1", "\u3000"},
      {"gbk", "3C C4 3C", "<\uFFFD<"},
  });
}

TEST_CASE("gbk and gb18030: four bytes") {
  check({
      {"gb18030", "81 30 81 30", "\u0080"},
      {"gb18030", "84 31 A4 37", "\uFFFD"},
      {"gb18030", "84 31 A4 39", "\uFFFF"},
      {"gb18030", "84 31 A5 30", "\uFFFD"},
      {"gb18030", "90 30 81 30", "\U00010000"},
      {"gb18030", "94 39 FC 36", "\U0001F600"},
      {"gb18030", "E3 32 9A 35", "\U0010FFFF"},
      {"gb18030", "E3 32 9A 36", "\uFFFD"},
      {"gb18030", "FE 39 FE 39", "\uFFFD"},
      {"gb18030", "81 35 F4 37", "\uE7C7"},
      {"gb18030", "81 35 F4 36", "\u1E3E"},
      {"gbk", "94 39 FC 36", "\U0001F600"},
      {"gb18030", "81 30", "\uFFFD"},
      {"gb18030", "81 30 81", "\uFFFD"},
      {"gb18030", "81 30 20", "\uFFFD0 "},
      {"gb18030", "81 30 80", "\uFFFD0€"},
      {"gb18030", "81 30 FF", "\uFFFD0\uFFFD"},
      {"gb18030", "81 30 81 41", "\uFFFD0丄"},
      {"gb18030", "81 30 81 20", "\uFFFD0\uFFFD "},
      {"gb18030", "81 30 81 81 30", "\uFFFD0亖0"},
  });
}

TEST_CASE("big5") {
  check({
      {"big5", "A7 41 A6 6E 41", "你好A"},
      {"big5", "80", "\uFFFD"},
      {"big5", "FF", "\uFFFD"},
      {"big5", "A4", "\uFFFD"},
      {"big5", "A4 20", "\uFFFD "},
      {"big5", "A4 3F", "\uFFFD?"},
      {"big5", "A4 7F", "\uFFFD\x7F"},
      {"big5", "A4 80", "\uFFFD"},
      {"big5", "A4 A0 41", "\uFFFDA"},
      {"big5", "A4 FF", "\uFFFD"},
      {"big5", "81 40", "\uFFFD@"},
      {"big5", "81 A1", "\uFFFD"},
      {"big5", "87 40", "\u43F0"},
      {"big5", "88 62 88 64 88 A3 88 A5", "\u00CA\u0304\u00CA\u030C\u00EA\u0304\u00EA\u030C"},
      {"big5", "8E 69", "\u7BB8"},
      {"big5", "A3 E1", "€"},
      {"big5", "C8 A1", "\u9FB0"},
      {"big5", "FE FE", "\u79D4"},
      {"big5", "95 54", "\U00025E0E"},
  });
}

TEST_CASE("euc-kr") {
  check({
      {"euc-kr", "BE C8 B3 E7", "안녕"},
      {"euc-kr", "80", "\uFFFD"},
      {"euc-kr", "FF", "\uFFFD"},
      {"euc-kr", "B0", "\uFFFD"},
      {"euc-kr", "B0 20", "\uFFFD "},
      {"euc-kr", "B0 40", "\uFFFD@"},
      {"euc-kr", "B0 5B", "\uFFFD["},
      {"euc-kr", "B0 FF", "\uFFFD"},
      {"euc-kr", "81 41", "갂"},
      {"euc-kr", "C6 52", "힣"},
      {"euc-kr", "C6 53", "\uFFFDS"},
      {"euc-kr", "C9 A1", "\uFFFD"},
      {"euc-kr", "FE A1", "\uFFFD"},
      {"euc-kr", "A2 E6", "€"},
  });
}

TEST_CASE("euc-jp") {
  check({
      {"euc-jp", "C6 FC CB DC 41", "日本A"},
      {"euc-jp", "8E B1", "ｱ"},
      {"euc-jp", "8E DF", "ﾟ"},
      {"euc-jp", "8F B0 A1", "丂"},
      {"euc-jp", "80", "\uFFFD"},
      {"euc-jp", "A0", "\uFFFD"},
      {"euc-jp", "FF", "\uFFFD"},
      {"euc-jp", "A4", "\uFFFD"},
      {"euc-jp", "A4 20", "\uFFFD "},
      {"euc-jp", "A4 A0", "\uFFFD"},
      {"euc-jp", "A4 FF", "\uFFFD"},
      {"euc-jp", "A9 A1", "\uFFFD"},
      {"euc-jp", "8E", "\uFFFD"},
      {"euc-jp", "8E 41", "\uFFFDA"},
      {"euc-jp", "8E E0 41", "\uFFFDA"},
      {"euc-jp", "8E 8E B1", "\uFFFD\uFFFD"},
      {"euc-jp", "8F", "\uFFFD"},
      {"euc-jp", "8F 41", "\uFFFDA"},
      {"euc-jp", "8F A0 41", "\uFFFDA"},
      {"euc-jp", "8F B0", "\uFFFD"},
      {"euc-jp", "8F B0 41", "\uFFFDA"},
      {"euc-jp", "8F B0 FF 41", "\uFFFDA"},
      {"euc-jp", "8F A1 A1", "\uFFFD"},
      {"euc-jp", "8F F3 A1", "\uFFFD"},
      {"euc-jp", "A1 C1 A1 DD", "～－"},
  });
}

TEST_CASE("shift_jis") {
  check({
      {"shift_jis", "93 FA 96 7B 41", "日本A"},
      {"shift_jis", "5C 7E", "\\~"},
      {"shift_jis", "80", "\u0080"},
      {"shift_jis", "A0", "\uFFFD"},
      {"shift_jis", "A1 DF", "｡ﾟ"},
      {"shift_jis", "FD FE FF", "\uFFFD\uFFFD\uFFFD"},
      {"shift_jis", "81", "\uFFFD"},
      {"shift_jis", "81 20", "\uFFFD "},
      {"shift_jis", "81 3F", "\uFFFD?"},
      {"shift_jis", "81 7F", "\uFFFD\x7F"},
      {"shift_jis", "81 FD 41", "\uFFFDA"},
      {"shift_jis", "85 40", "\uFFFD@"},
      {"shift_jis", "85 9F", "\uFFFD"},
      {"shift_jis", "81 60 81 7C", "～－"},
      {"shift_jis", "87 40", "①"},
      {"shift_jis", "F0 40", "\uE000"},
      {"shift_jis", "F9 FC", "\uE757"},
      {"shift_jis", "FA 40", "ⅰ"},
      {"shift_jis", "FC 4B", "黑"},
      {"shift_jis", "FC 4C", "\uFFFDL"},
  });
}

TEST_CASE("iso-2022-jp") {
  check({
      {"iso-2022-jp", "1B 24 42 46 7C 4B 5C 1B 28 42 41", "日本A"},
      {"iso-2022-jp", "1B 24 40 46 7C", "日"},
      {"iso-2022-jp", "1B 28 4A 5C 7E 41", "¥‾A"},
      {"iso-2022-jp", "1B 28 49 31 5F", "ｱﾟ"},
      {"iso-2022-jp", "1B 28 49 60 20", "\uFFFD\uFFFD"},
      {"iso-2022-jp", "5C 7E", "\\~"},
      {"iso-2022-jp", "0E 0F 80 FF", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"iso-2022-jp", "1B", "\uFFFD"},
      {"iso-2022-jp", "1B 24", "\uFFFD$"},
      {"iso-2022-jp", "1B 41", "\uFFFDA"},
      {"iso-2022-jp", "1B 24 41", "\uFFFD$A"},
      {"iso-2022-jp", "1B 28 43", "\uFFFD(C"},
      {"iso-2022-jp", "1B 1B 28 42 41", "\uFFFDA"},
      {"iso-2022-jp", "1B 24 42 46", "\uFFFD"},
      {"iso-2022-jp", "1B 24 42 46 1B 28 42 41", "\uFFFDA"},
      {"iso-2022-jp", "1B 24 42 46 20", "\uFFFD"},
      {"iso-2022-jp", "1B 24 42 0A 46 7C", "\uFFFD日"},
      {"iso-2022-jp", "1B 24 42 29 21", "\uFFFD"},
      {"iso-2022-jp", "1B 24 42 46 80 46 7C", "\uFFFD日"},
      {"iso-2022-jp", "1B 24 42 1B 28 43", "\uFFFD\uFFFD"},
      {"iso-2022-jp", "1B 24 42 1B 28 42", "\uFFFD"},
      {"iso-2022-jp", "1B 28 42 1B 28 42 41", "\uFFFDA"},
      {"iso-2022-jp", "1B 28 42 41 1B 28 42 41", "AA"},
  });
}

TEST_CASE("utf-16") {
  check({
      {"utf-16le", "60 4F 41 00", "你A"},
      {"utf-16be", "4F 60 00 41", "你A"},
      {"utf-16le", "3D D8 00 DE", "\U0001F600"},
      {"utf-16be", "D8 3D DE 00", "\U0001F600"},
      {"utf-16le", "41", "\uFFFD"},
      {"utf-16le", "41 00 42", "A\uFFFD"},
      {"utf-16le", "3D D8", "\uFFFD"},
      {"utf-16le", "3D D8 00", "\uFFFD"},
      {"utf-16le", "3D D8 41 00", "\uFFFDA"},
      {"utf-16le", "3D D8 3D D8 00 DE", "\uFFFD\U0001F600"},
      {"utf-16le", "00 DE 41 00", "\uFFFDA"},
      {"utf-16be", "DE 00 D8 3D", "\uFFFD\uFFFD"},
      {"utf-16le", "FF FE 41 00", "\uFEFFA"},
      {"utf-16le", "00 00", std::string_view("\0", 1)},
  });
}

TEST_CASE("single bytes: C1 controls stay, undefined bytes are errors") {
  check({
      {"windows-1252", "80 81 93 9F E9", "€\u0081“Ÿé"},
      {"windows-1251", "98 CF F0 E8", "\u0098При"},
      {"windows-1253", "AA D2 FF C1", "\uFFFD\uFFFD\uFFFDΑ"},
      {"windows-1255", "CA D9", "\u05BA\uFFFD"},
      {"windows-1257", "A1 A5", "\uFFFD\uFFFD"},
      {"windows-874", "A1 DB FC", "ก\uFFFD\uFFFD"},
      {"iso-8859-6", "A1 C7", "\uFFFDا"},
      {"iso-8859-16", "A4 D0", "€Đ"},
      {"koi8-u", "AE BE F0", "ўЎП"},
      {"macintosh", "F0 CA", "\uF8FF\u00A0"},
      {"x-user-defined", "80 FF 41", "\uF780\uF7FFA"},
  });
}

TEST_CASE("replacement is one U+FFFD for whatever there is") {
  CHECK(decoded("replacement", "") == "");
  CHECK(decoded("iso-2022-kr", "<script>") == "\uFFFD");
  CHECK(decoded("hz-gb-2312", "\xFF\xFF") == "\uFFFD");
}

TEST_CASE("errors are counted, and a character that is U+FFFD by itself is none") {
  std::string text;
  CHECK(nbcrawl::to_utf8(nbcrawl::Encoding::gbk, from_hex("C4 E3 FF 81 20"), text) == 2);
  CHECK(nbcrawl::to_utf8(nbcrawl::Encoding::gb18030, from_hex("84 31 A4 37"), text) == 0);
  CHECK(nbcrawl::to_utf8(nbcrawl::Encoding::windows_1253, from_hex("AA C1"), text) == 1);
  CHECK(nbcrawl::to_utf8(nbcrawl::Encoding::utf_8, from_hex("41 C3 E4 BD"), text) == 2);
  CHECK(nbcrawl::to_utf8(nbcrawl::Encoding::utf_8, "fine", text) == 0);
}
