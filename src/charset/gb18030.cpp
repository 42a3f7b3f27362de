#include <cstddef>

#include "charset/decoders.hpp"
#include "charset/indexes.hpp"

namespace nbcrawl {
namespace {

constexpr bool is_digit(std::uint8_t byte) { return byte >= 0x30 && byte <= 0x39; }
constexpr bool is_lead(std::uint8_t byte) { return byte >= 0x81 && byte <= 0xFE; }

// "index gb18030 ranges code point"; 0: none.
char32_t ranges_code_point(std::size_t pointer) {
  constexpr std::size_t supplementary = 189'000;
  constexpr std::size_t last = 1'237'575;
  if (pointer >= supplementary) return pointer <= last ? static_cast<char32_t>(0x10000 + pointer - supplementary) : 0;
  const auto& ranges = gb18030_ranges();
  return pointer < ranges.size() ? ranges[pointer] : 0;
}

// Four bytes, of which the first is a lead byte and the second a digit.
void four_bytes(ByteReader& in, Utf8Writer& out) {
  const std::uint8_t* const b = in.next;
  const bool third = in.left() > 2;
  const bool fourth = in.left() > 3;
  if ((third && !is_lead(b[2])) || (fourth && !is_digit(b[3]))) {
    out.error();
    ++in.next;  // the second byte and those after it are read again
  } else if (!fourth) {
    out.error();
    in.next = in.end;
  } else {
    const std::size_t pointer = (b[0] - 0x81U) * 12'600 + (b[1] - 0x30U) * 1260 + (b[2] - 0x81U) * 10 + (b[3] - 0x30U);
    const char32_t c = ranges_code_point(pointer);
    c != 0 ? out.code_point(c) : out.error();
    in.next += 4;
  }
}

}  // namespace

// https://encoding.spec.whatwg.org/#gb18030-decoder
Utf8Writer decode_gb18030(ByteReader in, Utf8Writer out) {
  const Gb18030Index& index = gb18030_index();
  while (in.next != in.end) {
    const std::uint8_t lead = *in.next;
    if (lead < 0x80) {
      out.ascii(in);
    } else if (lead == 0x80) {
      out.code_point(U'€');
      ++in.next;
    } else if (lead == 0xFF || in.left() == 1) {
      out.error();
      ++in.next;
    } else if (const std::uint8_t trail = in.next[1]; is_digit(trail)) {
      four_bytes(in, out);
    } else {
      char32_t c = 0;
      if (trail >= 0x40 && trail != 0x7F && trail != 0xFF) {
        c = index[(lead - 0x81U) * 190 + trail - (trail < 0x7F ? 0x40U : 0x41U)];
      }
      c != 0 ? out.code_point(c) : out.error();
      in.next += c != 0 || trail >= 0x80 ? 2 : 1;
    }
  }
  return out;
}

}  // namespace nbcrawl
