#pragma once

#include "charset/utf8_writer.hpp"

namespace nbcrawl {

// The decoders of the Encoding standard, one step a character: what can't be decoded becomes U+FFFD, and an ASCII byte
// in it is read again, never swallowed. Each reads a whole page and writes no more than most_utf8_bytes() of
// to_utf8.cpp allows for. GBK is decoded as gb18030.

[[nodiscard]] Utf8Writer decode_gb18030(ByteReader in, Utf8Writer out);
[[nodiscard]] Utf8Writer decode_big5(ByteReader in, Utf8Writer out);
[[nodiscard]] Utf8Writer decode_euc_jp(ByteReader in, Utf8Writer out);
[[nodiscard]] Utf8Writer decode_iso_2022_jp(ByteReader in, Utf8Writer out);
[[nodiscard]] Utf8Writer decode_shift_jis(ByteReader in, Utf8Writer out);
[[nodiscard]] Utf8Writer decode_euc_kr(ByteReader in, Utf8Writer out);
[[nodiscard]] Utf8Writer decode_utf_16(ByteReader in, Utf8Writer out, bool big_endian);

}  // namespace nbcrawl
