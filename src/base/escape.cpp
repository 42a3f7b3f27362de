#include "base/escape.hpp"

#include "base/utf8.hpp"

namespace nbcrawl {

namespace {

/// Code points that move the cursor, change the terminal's state, or make text read other than it stands.
bool is_unsafe(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void append_hex(std::string& out, std::uint32_t value, int least_digits) {
  constexpr std::string_view digits = "0123456789abcdef";
  int shift = 28;
  while (shift > 4 * (least_digits - 1) && ((value >> static_cast<unsigned>(shift)) & 0xFU) == 0) shift -= 4;
  for (; shift >= 0; shift -= 4) out += digits[(value >> static_cast<unsigned>(shift)) & 0xFU];
}

}  // namespace

std::string escape_for_terminal(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = next_code_point(text);
    if (!point.valid) {
      for (std::size_t i = 0; i < point.size; ++i) {
        out += "\\x";
        append_hex(out, static_cast<unsigned char>(text[i]), 2);
      }
    } else if (!is_unsafe(point.value)) {
      out.append(text.substr(0, point.size));
    } else if (point.value < 0x80) {
      out += "\\x";
      append_hex(out, point.value, 2);
    } else {
      out += "\\u{";
      append_hex(out, point.value, 1);
      out += '}';
    }
    text.remove_prefix(point.size);
  }
  return out;
}

}  // namespace nbcrawl
