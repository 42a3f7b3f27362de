#include "charset/decoders.hpp"

namespace nbcrawl {

// https://encoding.spec.whatwg.org/#shared-utf-16-decoder
Utf8Writer decode_utf_16(ByteReader in, Utf8Writer out, bool big_endian) {
  const auto unit = [&](const std::uint8_t* bytes) -> char32_t {
    return big_endian ? char32_t{bytes[0]} << 8U | bytes[1] : char32_t{bytes[1]} << 8U | bytes[0];
  };
  while (in.left() >= 2) {
    const char32_t c = unit(in.next);
    in.next += 2;
    if (c < 0xD800 || c > 0xDFFF) {
      out.code_point(c);
      continue;
    }
    if (c < 0xDC00 && in.left() < 2) {
      // A lead surrogate and an odd byte at the end are one error.
      in.next = in.end;
    } else if (c < 0xDC00) {
      const char32_t trail = unit(in.next);
      if (trail >= 0xDC00 && trail <= 0xDFFF) {
        out.code_point(0x10000 + ((c - 0xD800) << 10U) + (trail - 0xDC00));
        in.next += 2;
        continue;
      }
    }
    out.error();
  }
  if (in.next != in.end) out.error();
  return out;
}

}  // namespace nbcrawl
