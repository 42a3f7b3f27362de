#include "charset/single_byte.hpp"

#include <cstddef>
#include <cstring>

#include "charset/icu_converter.hpp"
#include "charset/utf8_writer.hpp"

namespace nbcrawl {
namespace {

constexpr auto first = static_cast<std::size_t>(Encoding::ibm866);
constexpr auto last = static_cast<std::size_t>(Encoding::x_user_defined);

// The half above 0xA0 of an encoding that ICU lacks.
constexpr std::u16string_view iso_8859_16 =
    u"\u00A0\u0104\u0105\u0141\u20AC\u201E\u0160\u00A7\u0161\u00A9\u0218\u00AB\u0179\u00AD\u017A\u017B"
    u"\u00B0\u00B1\u010C\u0142\u017D\u201D\u00B6\u00B7\u017E\u010D\u0219\u00BB\u0152\u0153\u0178\u017C"
    u"\u00C0\u00C1\u00C2\u0102\u00C4\u0106\u00C6\u00C7\u00C8\u00C9\u00CA\u00CB\u00CC\u00CD\u00CE\u00CF"
    u"\u0110\u0143\u00D2\u00D3\u00D4\u0150\u00D6\u015A\u0170\u00D9\u00DA\u00DB\u00DC\u0118\u021A\u00DF"
    u"\u00E0\u00E1\u00E2\u0103\u00E4\u0107\u00E6\u00E7\u00E8\u00E9\u00EA\u00EB\u00EC\u00ED\u00EE\u00EF"
    u"\u0111\u0144\u00F2\u00F3\u00F4\u0151\u00F6\u015B\u0171\u00F9\u00FA\u00FB\u00FC\u0119\u021B\u00FF";

// Where ICU's table is not the standard's; U+FFFD: unmapped.
struct Patch {
  Encoding encoding;
  std::uint8_t byte;
  char16_t character;
};
constexpr auto patches = std::to_array<Patch>({
    {Encoding::koi8_u, 0xAE, u'\u045E'},
    {Encoding::koi8_u, 0xBE, u'\u040E'},
    {Encoding::windows_1253, 0xAA, u'\uFFFD'},
    {Encoding::windows_1255, 0xCA, u'\u05BA'},
});

constexpr bool is_private_use(char16_t c) { return c >= 0xE000 && c <= 0xF8FF; }

char16_t icu_character(UConverter* converter, std::uint8_t byte) {
  if (converter == nullptr) return replacement_character;
  UErrorCode status = U_ZERO_ERROR;
  std::array<UChar, 4> text{};
  const auto source = static_cast<char>(byte);
  const auto size = ucnv_toUChars(converter, text.data(), text.size(), &source, 1, &status);
  return U_SUCCESS(status) && size == 1 ? text[0] : u'\uFFFD';
}

char16_t character(Encoding encoding, UConverter* converter, std::uint8_t byte) {
  // https://encoding.spec.whatwg.org/#x-user-defined-decoder
  if (encoding == Encoding::x_user_defined) return static_cast<char16_t>(0xF780 + byte - 0x80);
  if (encoding == Encoding::iso_8859_16) return byte < 0xA0 ? byte : iso_8859_16[byte - 0xA0U];
  for (const Patch& patch : patches) {
    if (patch.encoding == encoding && patch.byte == byte) return patch.character;
  }
  const char16_t c = icu_character(converter, byte);
  // ICU gives the undefined bytes of windows-874 to private use.
  return encoding == Encoding::windows_874 && is_private_use(c) ? u'\uFFFD' : c;
}

SingleByteTable build(Encoding encoding) {
  SingleByteTable table;
  const IcuConverter converter = open_converter(encoding);
  for (std::size_t i = 0; i < 128; ++i) {
    const char16_t c = character(encoding, converter.get(), static_cast<std::uint8_t>(0x80 + i));
    Utf8Writer writer{.next = table.characters[i].bytes.data()};
    writer.code_point(c);
    table.characters[i].size = static_cast<std::uint8_t>(writer.next - table.characters[i].bytes.data());
    table.mapped[i] = c != replacement_character;
  }
  return table;
}

using Tables = std::array<SingleByteTable, last - first + 1>;

Tables build_all() {
  Tables tables;
  for (std::size_t i = 0; i < tables.size(); ++i) tables[i] = build(static_cast<Encoding>(first + i));
  return tables;
}

}  // namespace

const SingleByteTable& single_byte_table(Encoding encoding) {
  static const Tables tables = build_all();
  return tables[static_cast<std::size_t>(encoding) - first];
}

}  // namespace nbcrawl
