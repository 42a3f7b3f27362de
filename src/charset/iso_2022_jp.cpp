#include "charset/decoders.hpp"
#include "charset/indexes.hpp"

namespace nbcrawl {
namespace {

enum class Set : std::uint8_t { ascii, roman, katakana, jis0208, unknown };

constexpr std::uint8_t escape = 0x1B;

// The set that the two bytes after ESC designate.
Set designated(const ByteReader& in) {
  if (in.left() < 2) return Set::unknown;
  if (in.next[0] == '(') {
    if (in.next[1] == 'B') return Set::ascii;
    if (in.next[1] == 'J') return Set::roman;
    if (in.next[1] == 'I') return Set::katakana;
  }
  if (in.next[0] == '$' && (in.next[1] == '@' || in.next[1] == 'B')) return Set::jis0208;
  return Set::unknown;
}

// The character of a byte in a set of single bytes; U+FFFD: none.
char32_t single_byte(Set set, std::uint8_t byte) {
  if (set == Set::katakana) return byte >= 0x21 && byte <= 0x5F ? 0xFF61U - 0x21U + byte : replacement_character;
  if (set == Set::roman && byte == 0x5C) return U'¥';
  if (set == Set::roman && byte == 0x7E) return U'‾';
  return byte < 0x80 && byte != 0x0E && byte != 0x0F ? byte : replacement_character;
}

// Two bytes of jis0208, the first consumed by the caller. An escape in second place starts a designation.
char32_t double_byte(std::uint8_t lead, ByteReader& in) {
  if (lead < 0x21 || lead > 0x7E) return replacement_character;
  if (in.next == in.end || *in.next == escape) return replacement_character;
  const std::uint8_t trail = *in.next++;
  if (trail < 0x21 || trail > 0x7E) return replacement_character;
  const char32_t c = jis0208_index()[(lead - 0x21U) * 94 + trail - 0x21U];
  return c != 0 ? c : replacement_character;
}

}  // namespace

// https://encoding.spec.whatwg.org/#iso-2022-jp-decoder
Utf8Writer decode_iso_2022_jp(ByteReader in, Utf8Writer out) {
  Set set = Set::ascii;
  bool just_designated = false;
  while (in.next != in.end) {
    const std::uint8_t byte = *in.next++;
    if (byte == escape) {
      if (const Set next = designated(in); next != Set::unknown) {
        // Two designations in a row could hide text from a filter.
        if (just_designated) out.error();
        set = next;
        just_designated = true;
        in.next += 2;
        continue;
      }
    }
    just_designated = false;
    char32_t c = replacement_character;
    if (byte != escape) c = set == Set::jis0208 ? double_byte(byte, in) : single_byte(set, byte);
    c != replacement_character ? out.code_point(c) : out.error();
  }
  return out;
}

}  // namespace nbcrawl
