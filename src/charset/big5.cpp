#include <cstddef>

#include "charset/decoders.hpp"
#include "charset/indexes.hpp"

namespace nbcrawl {
namespace {

// The four pointers that mean two code points: Ê or ê with a macron or a caron. Whether it was one of them.
bool letter_and_mark(std::size_t pointer, Utf8Writer& out) {
  const auto pair = [&](char32_t letter, char32_t mark) {
    out.code_point(letter);
    out.code_point(mark);
    return true;
  };
  switch (pointer) {
    case 1133: return pair(0x00CA, 0x0304);
    case 1135: return pair(0x00CA, 0x030C);
    case 1164: return pair(0x00EA, 0x0304);
    case 1166: return pair(0x00EA, 0x030C);
    default: return false;
  }
}

}  // namespace

// https://encoding.spec.whatwg.org/#big5-decoder
Utf8Writer decode_big5(ByteReader in, Utf8Writer out) {
  const Big5Index& index = big5_index();
  while (in.next != in.end) {
    const std::uint8_t lead = *in.next;
    if (lead < 0x80) {
      out.ascii(in);
    } else if (lead == 0x80 || lead == 0xFF || in.left() == 1) {
      out.error();
      ++in.next;
    } else {
      const std::uint8_t trail = in.next[1];
      char32_t c = 0;
      if ((trail >= 0x40 && trail <= 0x7E) || (trail >= 0xA1 && trail <= 0xFE)) {
        const std::size_t pointer = (lead - 0x81U) * 157 + trail - (trail < 0x7F ? 0x40U : 0x62U);
        c = index[pointer];
        if (c == 0 && letter_and_mark(pointer, out)) {
          in.next += 2;
          continue;
        }
      }
      c != 0 ? out.code_point(c) : out.error();
      in.next += c != 0 || trail >= 0x80 ? 2 : 1;
    }
  }
  return out;
}

}  // namespace nbcrawl
