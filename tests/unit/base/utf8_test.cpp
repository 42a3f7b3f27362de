#include "base/utf8.hpp"

#include <string>
#include <string_view>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

using namespace std::string_view_literals;

struct Case {
  std::string_view bytes;
  char32_t value;
  std::size_t size;
  bool valid;
};

constexpr Case cases[] = {
    // The first and the last code point of each length (RFC 3629 section 3).
    {"\x00"sv, 0x0, 1, true},
    {"\x7F"sv, 0x7F, 1, true},
    {"\xC2\x80"sv, 0x80, 2, true},
    {"\xDF\xBF"sv, 0x7FF, 2, true},
    {"\xE0\xA0\x80"sv, 0x800, 3, true},
    {"\xEF\xBF\xBF"sv, 0xFFFF, 3, true},
    {"\xF0\x90\x80\x80"sv, 0x10000, 4, true},
    {"\xF4\x8F\xBF\xBF"sv, 0x10FFFF, 4, true},
    // Both sides of each gap between the table's rows (RFC 3629 section 4).
    {"\xE0\xBF\xBF"sv, 0xFFF, 3, true},
    {"\xE1\x80\x80"sv, 0x1000, 3, true},
    {"\xEC\xBF\xBF"sv, 0xCFFF, 3, true},
    {"\xED\x80\x80"sv, 0xD000, 3, true},
    {"\xED\x9F\xBF"sv, 0xD7FF, 3, true},
    {"\xEE\x80\x80"sv, 0xE000, 3, true},
    {"\xF0\xBF\xBF\xBF"sv, 0x3FFFF, 4, true},
    {"\xF1\x80\x80\x80"sv, 0x40000, 4, true},
    {"\xF3\xBF\xBF\xBF"sv, 0xFFFFF, 4, true},
    {"\xF4\x80\x80\x80"sv, 0x100000, 4, true},
    // What follows belongs to the next step.
    {"ab"sv, 'a', 1, true},
    {"\xE4\xBD\xA0\xE5"sv, 0x4F60, 3, true},
    // Lead bytes that can't begin anything: continuation bytes, overlong two-byte forms, beyond U+10FFFF.
    {"\x80"sv, 0xFFFD, 1, false},
    {"\xBF\x80"sv, 0xFFFD, 1, false},
    {"\xC0\x80"sv, 0xFFFD, 1, false},
    {"\xC1\xBF"sv, 0xFFFD, 1, false},
    {"\xF5\x80\x80\x80"sv, 0xFFFD, 1, false},
    {"\xFE"sv, 0xFFFD, 1, false},
    {"\xFF"sv, 0xFFFD, 1, false},
    // Second bytes the row forbids: overlong, surrogates, beyond U+10FFFF. Only the lead is taken.
    {"\xE0\x80\x80"sv, 0xFFFD, 1, false},
    {"\xE0\x9F\xBF"sv, 0xFFFD, 1, false},
    {"\xED\xA0\x80"sv, 0xFFFD, 1, false},
    {"\xED\xBF\xBF"sv, 0xFFFD, 1, false},
    {"\xF0\x80\x80\x80"sv, 0xFFFD, 1, false},
    {"\xF0\x8F\xBF\xBF"sv, 0xFFFD, 1, false},
    {"\xF4\x90\x80\x80"sv, 0xFFFD, 1, false},
    {"\xF4\xBF\xBF\xBF"sv, 0xFFFD, 1, false},
    // Just below and just above the range of a continuation byte, at each place.
    {"\xC2\x7F"sv, 0xFFFD, 1, false},
    {"\xC2\xC0"sv, 0xFFFD, 1, false},
    {"\xE1\x80\x7F"sv, 0xFFFD, 2, false},
    {"\xE1\x80\xC0"sv, 0xFFFD, 2, false},
    {"\xF1\x80\x80\x7F"sv, 0xFFFD, 3, false},
    {"\xF1\x80\x80\xC0"sv, 0xFFFD, 3, false},
    // Cut short: everything that could have become a code point counts as one.
    {"\xC2"sv, 0xFFFD, 1, false},
    {"\xE4\xBD"sv, 0xFFFD, 2, false},
    {"\xE0"sv, 0xFFFD, 1, false},
    {"\xF0\x9F\x98"sv, 0xFFFD, 3, false},
    {"\xF4\x8F"sv, 0xFFFD, 2, false},
};

TEST_CASE("next_code_point tells valid from invalid at every boundary") {
  for (const Case& expected : cases) {
    INFO("bytes " << Catch::Detail::stringify(std::string(expected.bytes)));
    const CodePoint point = next_code_point(expected.bytes);
    CHECK(point.valid == expected.valid);
    CHECK(static_cast<std::uint32_t>(point.value) == static_cast<std::uint32_t>(expected.value));
    CHECK(point.size == expected.size);
  }
}

std::string encode(char32_t c) {
  const auto byte = [](char32_t value) { return static_cast<char>(static_cast<unsigned char>(value)); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xC0U | (c >> 6U)), byte(0x80U | (c & 0x3FU))};
  if (c < 0x10000) return {byte(0xE0U | (c >> 12U)), byte(0x80U | ((c >> 6U) & 0x3FU)), byte(0x80U | (c & 0x3FU))};
  return {byte(0xF0U | (c >> 18U)), byte(0x80U | ((c >> 12U) & 0x3FU)), byte(0x80U | ((c >> 6U) & 0x3FU)),
          byte(0x80U | (c & 0x3FU))};
}

TEST_CASE("next_code_point gives back every code point and refuses every surrogate") {
  std::size_t wrong = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::string bytes = encode(c);
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    const CodePoint point = next_code_point(bytes);
    const bool right = surrogate ? !point.valid : point.valid && point.value == c && point.size == bytes.size();
    if (!right) ++wrong;
  }
  CHECK(wrong == 0);
}

TEST_CASE("stepping by next_code_point ends on any three bytes") {
  std::size_t overrun = 0;
  for (std::uint32_t bits = 0; bits < 0x1000000; bits += 7) {
    const char bytes[] = {static_cast<char>(bits & 0xFFU), static_cast<char>((bits >> 8U) & 0xFFU),
                          static_cast<char>(bits >> 16U)};
    std::string_view rest(bytes, sizeof bytes);
    while (!rest.empty()) {
      const std::size_t size = next_code_point(rest).size;
      if (size == 0 || size > rest.size()) {
        ++overrun;
        break;
      }
      rest.remove_prefix(size);
    }
  }
  CHECK(overrun == 0);
}

}  // namespace
}  // namespace nbcrawl
