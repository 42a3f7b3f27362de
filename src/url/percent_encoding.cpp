#include "url/percent_encoding.hpp"

#include "base/hex.hpp"

namespace nbcrawl::whatwg {

void append_percent_encoded(std::string& out, std::string_view text, ByteSet percent_encode_set) {
  std::size_t done = 0;
  for (;;) {
    const std::size_t next = find_in(text, percent_encode_set, done);
    out.append(text, done, next - done);
    if (next == text.size()) return;
    append_marked_hex(out, '%', text[next]);
    done = next + 1;
  }
}

std::string percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0) {
      decoded += text[i];
      continue;
    }
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

}  // namespace nbcrawl::whatwg
