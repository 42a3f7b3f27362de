// RFC 3629, and U+FFFD as the Encoding standard's UTF-8 decoder places it (Unicode section 3.9, maximal subparts).
#include "charset/utf8.hpp"

#include <string>

#include "catch2_shim.hpp"
#include "charset_case.hpp"

using nbcrawl::test::DecodeCase;
using nbcrawl::test::from_hex;

namespace {

constexpr DecodeCase ill_formed[] = {
    {"lone continuation", "80", "\uFFFD"},
    {"lone continuations", "80 BF 41", "\uFFFD\uFFFDA"},
    {"overlong of two", "C0 80", "\uFFFD\uFFFD"},
    {"overlong slash", "C1 AF", "\uFFFD\uFFFD"},
    {"overlong of three", "E0 80 80", "\uFFFD\uFFFD\uFFFD"},
    {"overlong of three, last", "E0 9F BF", "\uFFFD\uFFFD\uFFFD"},
    {"overlong of four", "F0 80 80 80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"overlong of four, last", "F0 8F BF BF", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"overlong of five", "F8 88 80 80 80", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"lead surrogate", "ED A0 80", "\uFFFD\uFFFD\uFFFD"},
    {"trail surrogate", "ED BF BF", "\uFFFD\uFFFD\uFFFD"},
    {"surrogate pair", "ED A0 BD ED B8 80", "\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"above U+10FFFF", "F4 90 80 80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"F5", "F5 80 80 80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
    {"FE FF", "FE FF", "\uFFFD\uFFFD"},
    {"two cut at the end", "C3", "\uFFFD"},
    {"three cut after one", "E4", "\uFFFD"},
    {"three cut after two", "E4 BD", "\uFFFD"},
    {"four cut after one", "F0", "\uFFFD"},
    {"four cut after two", "F0 9F", "\uFFFD"},
    {"four cut after three", "F0 9F 98", "\uFFFD"},
    {"two cut by ASCII", "C3 41", "\uFFFDA"},
    {"three cut by ASCII", "E4 BD 41", "\uFFFDA"},
    {"four cut by ASCII", "F0 9F 98 41", "\uFFFDA"},
    {"four cut by a lead", "F0 9F E4 BD A0", "\uFFFD\u4F60"},
    {"E0 and no second", "E0 41", "\uFFFDA"},
    {"a table of the Unicode standard", "61 F1 80 80 E1 80 C2 62 80 63 80 BF 64",
     "a\uFFFD\uFFFD\uFFFDb\uFFFDc\uFFFD\uFFFDd"},
};

}  // namespace

TEST_CASE("the first and the last of each length are well-formed") {
  for (const auto* hex :
       {"00", "7F", "C2 80", "DF BF", "E0 A0 80", "ED 9F BF", "EE 80 80", "EF BF BF", "F0 90 80 80", "F4 8F BF BF"}) {
    INFO(hex);
    const std::string text = from_hex(hex);
    CHECK(nbcrawl::valid_utf8_prefix(text) == text.size());
    CHECK(nbcrawl::test::decoded("utf-8", text) == text);
  }
}

TEST_CASE("each maximal part of an ill-formed sequence becomes one U+FFFD") {
  for (const auto& [what, hex, expected] : ill_formed) {
    INFO(what);
    CHECK(nbcrawl::test::decoded("utf-8", from_hex(hex)) == expected);
  }
}

TEST_CASE("ill-formed sequences are found at every offset of a block") {
  for (const auto& [what, hex, expected] : ill_formed) {
    for (std::size_t before = 0; before < 70; ++before) {
      const std::string head = std::string(before, 'x') + "\u00E9";
      const std::string tail = "\u4F60" + std::string(40, 'y');
      std::string out;
      CHECK(nbcrawl::repair_utf8(head + from_hex(hex) + tail, out) > 0);
      if (out != head + std::string(expected) + tail) FAIL(what << " behind " << before << " bytes");
    }
  }
}

TEST_CASE("the valid prefix ends before the first ill-formed sequence") {
  CHECK(nbcrawl::valid_utf8_prefix("") == 0);
  for (std::size_t before = 0; before < 70; ++before) {
    CHECK(nbcrawl::valid_utf8_prefix(std::string(before, 'x') + "\xFF" + std::string(70, 'y')) == before);
    CHECK(nbcrawl::ascii_prefix(std::string(before, 'x') + "\xC3\xA9" + std::string(70, 'y')) == before);
  }
  CHECK(nbcrawl::valid_utf8_prefix("ab\u00E9\xE4\xBD") == 4);
}

TEST_CASE("evidence counts sequences and errors as the decoder sees them") {
  const auto evidence = nbcrawl::weigh_utf8("a\u00E9b\u4F60\xFF\xE4\xBD");
  CHECK(evidence.sequences == 2);
  CHECK(evidence.errors == 2);
  CHECK(nbcrawl::count_sequences("a\u00E9b\u4F60\U0001F600") == 3);
  CHECK(nbcrawl::count_high_bytes("a\u00E9b\u4F60") == 5);
}
