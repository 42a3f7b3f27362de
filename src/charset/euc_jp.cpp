#include "charset/decoders.hpp"
#include "charset/indexes.hpp"

namespace nbcrawl {
namespace {

constexpr bool is_row(std::uint8_t byte) { return byte >= 0xA1 && byte <= 0xFE; }
constexpr std::size_t pointer(std::uint8_t lead, std::uint8_t trail) { return (lead - 0xA1U) * 94 + trail - 0xA1U; }

// One character, its lead byte consumed. What ends it too early, or is no part of it, stays in `in` if it is ASCII.
char32_t character(std::uint8_t lead, ByteReader& in) {
  if (in.next == in.end) return 0;
  const bool jis0212 = lead == 0x8F && is_row(*in.next);
  if (jis0212) {
    lead = *in.next++;
    if (in.next == in.end) return 0;
  }
  const std::uint8_t trail = *in.next;
  char32_t c = 0;
  if (lead == 0x8E && trail >= 0xA1 && trail <= 0xDF) {
    c = 0xFF61U - 0xA1U + trail;
  } else if (is_row(lead) && is_row(trail)) {
    c = jis0212 ? jis0212_index()[pointer(lead, trail)] : jis0208_index()[pointer(lead, trail)];
  }
  if (c != 0 || trail >= 0x80) ++in.next;
  return c;
}

}  // namespace

// https://encoding.spec.whatwg.org/#euc-jp-decoder
Utf8Writer decode_euc_jp(ByteReader in, Utf8Writer out) {
  while (in.next != in.end) {
    const std::uint8_t lead = *in.next;
    if (lead < 0x80) {
      out.ascii(in);
      continue;
    }
    ++in.next;
    const bool is_lead = lead == 0x8E || lead == 0x8F || is_row(lead);
    const char32_t c = is_lead ? character(lead, in) : 0;
    c != 0 ? out.code_point(c) : out.error();
  }
  return out;
}

}  // namespace nbcrawl
