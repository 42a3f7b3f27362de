#include <cstddef>

#include "charset/decoders.hpp"
#include "charset/indexes.hpp"

namespace nbcrawl {
namespace {

constexpr bool is_lead(std::uint8_t byte) { return (byte >= 0x81 && byte <= 0x9F) || (byte >= 0xE0 && byte <= 0xFC); }

char32_t character(std::uint8_t lead, std::uint8_t trail, const Jis0208Index& index) {
  if (trail < 0x40 || trail == 0x7F || trail > 0xFC) return 0;
  const std::size_t row = lead - (lead < 0xA0 ? 0x81U : 0xC1U);
  const std::size_t pointer = row * 188 + trail - (trail < 0x7F ? 0x40U : 0x41U);
  // Characters of the user's own, as Windows maps them.
  constexpr std::size_t first_user = 8836;
  constexpr std::size_t last_user = 10715;
  if (pointer >= first_user && pointer <= last_user) return static_cast<char32_t>(0xE000 + pointer - first_user);
  return index[pointer];
}

}  // namespace

// https://encoding.spec.whatwg.org/#shift_jis-decoder
Utf8Writer decode_shift_jis(ByteReader in, Utf8Writer out) {
  const Jis0208Index& index = jis0208_index();
  while (in.next != in.end) {
    const std::uint8_t lead = *in.next;
    if (lead < 0x80) {
      out.ascii(in);
    } else if (is_lead(lead) && in.left() > 1) {
      const std::uint8_t trail = in.next[1];
      const char32_t c = character(lead, trail, index);
      c != 0 ? out.code_point(c) : out.error();
      in.next += c != 0 || trail >= 0x80 ? 2 : 1;
    } else {
      if (lead == 0x80) {
        out.code_point(0x80);
      } else if (lead >= 0xA1 && lead <= 0xDF) {
        out.code_point(0xFF61U - 0xA1U + lead);
      } else {
        out.error();
      }
      ++in.next;
    }
  }
  return out;
}

}  // namespace nbcrawl
