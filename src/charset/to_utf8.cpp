#include "charset/to_utf8.hpp"

#include <cstdint>
#include <cstring>

#include "charset/decoders.hpp"
#include "charset/single_byte.hpp"
#include "charset/utf8.hpp"

namespace nbcrawl {
namespace {

// The most bytes of UTF-8 that a page can become, and what a table's 4-byte write may touch behind them. In an ASCII
// superset a byte below 0x80 adds at most itself, another one three; in iso-2022-jp every byte may add three.
std::size_t most_utf8_bytes(Encoding encoding, std::string_view bytes) {
  constexpr std::size_t slack = 4;
  const std::size_t high = is_ascii_superset(encoding) ? count_high_bytes(bytes) : bytes.size();
  return bytes.size() + 2 * high + slack;
}

Utf8Writer decode_single_byte(ByteReader in, Utf8Writer out, const SingleByteTable& table) {
  while (in.next != in.end) {
    if (*in.next < 0x80) {
      out.ascii(in);
      continue;
    }
    const std::size_t i = *in.next++ - 0x80U;
    const Utf8Character& c = table.characters[i];
    static_assert(sizeof c == 4);
    std::memcpy(out.next, &c, sizeof c);
    out.next += c.size;
    out.errors += table.mapped[i] ? 0 : 1;
  }
  return out;
}

// https://encoding.spec.whatwg.org/#replacement-decoder
Utf8Writer decode_replacement(ByteReader in, Utf8Writer out) {
  if (in.next != in.end) out.error();
  return out;
}

Utf8Writer decode(Encoding encoding, ByteReader in, Utf8Writer out) {
  switch (encoding) {
    case Encoding::gbk:
    case Encoding::gb18030: return decode_gb18030(in, out);
    case Encoding::big5: return decode_big5(in, out);
    case Encoding::euc_jp: return decode_euc_jp(in, out);
    case Encoding::iso_2022_jp: return decode_iso_2022_jp(in, out);
    case Encoding::shift_jis: return decode_shift_jis(in, out);
    case Encoding::euc_kr: return decode_euc_kr(in, out);
    case Encoding::utf_16be: return decode_utf_16(in, out, true);
    case Encoding::utf_16le: return decode_utf_16(in, out, false);
    case Encoding::replacement: return decode_replacement(in, out);
    default: return decode_single_byte(in, out, single_byte_table(encoding));
  }
}

}  // namespace

std::size_t to_utf8(Encoding encoding, std::string_view bytes, std::string& out) {
  if (encoding == Encoding::utf_8) return repair_utf8(bytes, out);
  std::size_t errors = 0;
  out.resize_and_overwrite(most_utf8_bytes(encoding, bytes), [&](char* memory, std::size_t) {
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
    const Utf8Writer end = decode(encoding, {.next = begin, .end = begin + bytes.size()}, {.next = memory});
    errors = end.errors;
    return static_cast<std::size_t>(end.next - memory);
  });
  return errors;
}

}  // namespace nbcrawl
