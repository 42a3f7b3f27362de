#include "charset/detect.hpp"

#include <string>

#include "charset/detect_multi_byte.hpp"
#include "charset/detect_single_byte.hpp"
#include "charset/to_utf8.hpp"
#include "charset/utf8.hpp"

namespace nbcrawl {
namespace {

// Escape sequences that lead to characters, all of which exist.
bool is_iso_2022_jp(std::string_view ascii) {
  if (!ascii.contains("\x1B$")) return false;
  std::string text;
  return to_utf8(Encoding::iso_2022_jp, ascii, text) == 0 && count_high_bytes(text) != 0;
}

}  // namespace

std::optional<Encoding> detect_encoding(std::string_view bytes) {
  if (ascii_prefix(bytes) == bytes.size()) return is_iso_2022_jp(bytes) ? Encoding::iso_2022_jp : Encoding::utf_8;
  // Of text in another encoding hardly one character in five happens to be well-formed.
  const Utf8Evidence utf_8 = weigh_utf8(bytes);
  if (utf_8.errors * 4 <= utf_8.sequences) return Encoding::utf_8;
  if (const auto encoding = detect_multi_byte(bytes)) return encoding;
  return detect_single_byte(bytes);
}

}  // namespace nbcrawl
