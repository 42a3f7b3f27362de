#include <cstddef>

#include "charset/decoders.hpp"
#include "charset/indexes.hpp"

namespace nbcrawl {
namespace {

// What two bytes stand for, as the index has it; 0: nothing.
char32_t entry(std::uint8_t lead, std::uint8_t trail, const Big5Index& index) {
  if (trail < 0x40 || trail == 0xFF || (trail > 0x7E && trail < 0xA1)) return 0;
  return index[(lead - 0x81U) * 157 + trail - (trail < 0x7F ? 0x40U : 0x62U)];
}

void put(char32_t entry, Utf8Writer& out) {
  if (entry > last_code_point) {
    out.code_point(entry >> 16U);
    out.code_point(entry & 0xFFFFU);
  } else {
    out.code_point(entry);
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
      const char32_t c = entry(lead, trail, index);
      c != 0 ? put(c, out) : out.error();
      in.next += c != 0 || trail >= 0x80 ? 2 : 1;
    }
  }
  return out;
}

}  // namespace nbcrawl
