#include "base/escape.hpp"

#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

using namespace std::string_view_literals;

TEST_CASE("escape_for_terminal leaves text as it stands") {
  for (const auto text : {""sv, "plain text, ~100 %"sv, "back\\slash"sv, "你好"sv, "naïve €"sv, "\U0001F600"sv,
                          "\u00A0"sv, "\u2027\u202F"sv, "\u2065\u206A"sv, "\u200D"sv}) {
    CHECK(escape_for_terminal(text) == text);
  }
}

TEST_CASE("escape_for_terminal shows control characters as \\xNN") {
  CHECK(escape_for_terminal("a\nb\r\tc") == R"(a\x0ab\x0d\x09c)");
  CHECK(escape_for_terminal("\x1B[31mred\x1B[0m") == R"(\x1b[31mred\x1b[0m)");
  CHECK(escape_for_terminal("\0"sv) == R"(\x00)");
  CHECK(escape_for_terminal("\x1F\x20") == R"(\x1f )");
  CHECK(escape_for_terminal("~\x7F") == R"(~\x7f)");
}

TEST_CASE("escape_for_terminal shows unsafe code points beyond ASCII as \\u{N}") {
  CHECK(escape_for_terminal("\u0080\u009B\u009F") == R"(\u{80}\u{9b}\u{9f})");
  CHECK(escape_for_terminal("\u061C") == R"(\u{61c})");
  CHECK(escape_for_terminal("\u200E\u200F") == R"(\u{200e}\u{200f})");
  CHECK(escape_for_terminal("\u2028\u2029") == R"(\u{2028}\u{2029})");
  CHECK(escape_for_terminal("\u202A\u202E") == R"(\u{202a}\u{202e})");
  CHECK(escape_for_terminal("\u2066\u2069") == R"(\u{2066}\u{2069})");
  CHECK(escape_for_terminal("\uFEFF") == R"(\u{feff})");
}

TEST_CASE("escape_for_terminal shows each byte that is not UTF-8") {
  CHECK(escape_for_terminal("a\xFFz") == R"(a\xffz)");
  CHECK(escape_for_terminal("\xE4\xBD") == R"(\xe4\xbd)");
  CHECK(escape_for_terminal("\xED\xA0\x80") == R"(\xed\xa0\x80)");
  CHECK(escape_for_terminal("\xC4\xE3\xBA\xC3") == R"(\xc4\xe3\xba\xc3)");  // GB2312
  CHECK(escape_for_terminal("\xC0\x9B") == R"(\xc0\x9b)");                  // an overlong C1 control
}

TEST_CASE("what escape_for_terminal gives is UTF-8 without a control character, whatever goes in") {
  std::size_t unsafe = 0;
  for (unsigned first = 0; first < 256; ++first) {
    for (unsigned second = 0; second < 256; ++second) {
      const char bytes[] = {static_cast<char>(first), static_cast<char>(second), 'x'};
      const std::string escaped = escape_for_terminal({bytes, sizeof bytes});
      for (std::string_view rest = escaped; !rest.empty();) {
        const CodePoint point = next_code_point(rest);
        if (!point.valid || point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0)) ++unsafe;
        rest.remove_prefix(point.size);
      }
    }
  }
  CHECK(unsafe == 0);
}

}  // namespace
}  // namespace nbcrawl
