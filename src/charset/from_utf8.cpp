#include "charset/from_utf8.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "charset/icu_converter.hpp"
#include "charset/to_utf16.hpp"
#include "charset/utf8.hpp"

namespace nbcrawl {
namespace {

std::unexpected<Error> refused(std::string detail) {
  return std::unexpected(Error{.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)});
}

std::unexpected<Error> refused(Encoding encoding, const std::string& cause) {
  return refused(cause + " charset \"" + std::string(name(encoding)) + "\"");
}

std::string code_point_name(UChar32 c) {
  std::array<char, 8> digits{};
  char* const end = std::to_chars(digits.begin(), digits.end(), c, 16).ptr;
  std::string code_point = "U+";
  return code_point.append(digits.data(), end);
}

// The character at which the converter stopped.
UChar32 stopped_at(UConverter* converter) {
  std::array<UChar, 4> units{};
  auto size = static_cast<std::int8_t>(units.size());
  UErrorCode status = U_ZERO_ERROR;
  ucnv_getInvalidUChars(converter, units.data(), &size, &status);
  if (U_FAILURE(status) || size == 0) return 0xFFFD;
  UChar32 c = 0;
  U16_GET(units, 0, 0, size, c);
  return c;
}

}  // namespace

Result<std::string> from_utf8(Encoding encoding, std::string_view text) {
  // ICU counts in 32 bits.
  constexpr std::size_t most_bytes = 64 * 1024 * 1024;
  if (text.size() > most_bytes) return refused("text is too long to be converted");
  if (valid_utf8_prefix(text) != text.size()) return refused("text is not UTF-8");
  if (encoding == Encoding::utf_8) return std::string(text);
  const IcuConverter converter = open_converter(encoding);
  if (converter == nullptr) return refused(encoding, "nothing can be written in");
  ucnv_setFallback(converter.get(), false);

  const std::u16string wide = to_utf16(text);
  const auto length = static_cast<std::int32_t>(wide.size());
  std::string bytes(
      static_cast<std::size_t>(UCNV_GET_MAX_BYTES_FOR_STRING(length, ucnv_getMaxCharSize(converter.get()))), '\0');
  UErrorCode status = U_ZERO_ERROR;
  const auto size = ucnv_fromUChars(converter.get(), bytes.data(), static_cast<std::int32_t>(bytes.size()), wide.data(),
                                    length, &status);
  if (U_FAILURE(status)) {
    return refused(encoding, code_point_name(stopped_at(converter.get())) + " can't be written in");
  }
  bytes.resize(static_cast<std::size_t>(size));
  return bytes;
}

}  // namespace nbcrawl
