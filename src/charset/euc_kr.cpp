#include "charset/decoders.hpp"
#include "charset/indexes.hpp"

namespace nbcrawl {

// https://encoding.spec.whatwg.org/#euc-kr-decoder
Utf8Writer decode_euc_kr(ByteReader in, Utf8Writer out) {
  const EucKrIndex& index = euc_kr_index();
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
      if (trail >= 0x41 && trail <= 0xFE) c = index[(lead - 0x81U) * 190 + trail - 0x41U];
      c != 0 ? out.code_point(c) : out.error();
      in.next += c != 0 || trail >= 0x80 ? 2 : 1;
    }
  }
  return out;
}

}  // namespace nbcrawl
