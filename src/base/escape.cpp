#include "base/escape.hpp"

#include "base/hex.hpp"
#include "base/utf8.hpp"

namespace nbcrawl {

namespace {

/// Code points that move the cursor, change the terminal's state, or make text read other than it stands.
bool is_unsafe(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
         (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
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
        append_hex(out, static_cast<unsigned char>(text[i]));
      }
    } else if (!is_unsafe(point.value)) {
      out.append(text.substr(0, point.size));
    } else if (point.value < 0x80) {
      out += "\\x";
      append_hex(out, point.value);
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
