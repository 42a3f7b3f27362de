#include "charset/query_encoder.hpp"

#include <unicode/ucnv_cb.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/hex.hpp"
#include "charset/to_utf16.hpp"

namespace nbcrawl {
namespace {

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }

// A "&" and a ";" here are those of a reference.
void append_percent_encoded(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    if (is_digit(c) || (c >= '@' && c <= '~')) {
      out += c;
    } else {
      append_marked_hex(out, '%', c);
    }
  }
}

void write_reference(const void* /*context*/, UConverterFromUnicodeArgs* arguments, const UChar* /*units*/,
                     std::int32_t /*length*/, UChar32 code_point, UConverterCallbackReason reason, UErrorCode* status) {
  if (reason > UCNV_IRREGULAR) return;
  *status = U_ZERO_ERROR;
  std::u16string reference = u"&#";
  for (const char digit : std::to_string(code_point)) reference += static_cast<char16_t>(digit);
  reference += u';';
  const UChar* text = reference.data();
  ucnv_cbFromUWriteUChars(arguments, &text, text + reference.size(), 0, status);
}

IcuConverter open_with_references(Encoding encoding) {
  IcuConverter converter = open_converter(encoding);
  if (converter == nullptr) return converter;
  ucnv_setFallback(converter.get(), false);
  UErrorCode status = U_ZERO_ERROR;
  ucnv_setFromUCallBack(converter.get(), write_reference, nullptr, nullptr, nullptr, &status);
  if (U_FAILURE(status)) return nullptr;
  return converter;
}

Encoding output_encoding(Encoding page) noexcept {
  switch (page) {
    case Encoding::utf_16be:
    case Encoding::utf_16le:
    case Encoding::replacement:
    case Encoding::x_user_defined:
    case Encoding::iso_8859_16: return Encoding::utf_8;
    default: return page;
  }
}

}  // namespace

QueryEncoder::QueryEncoder(Encoding page) noexcept : encoding_(output_encoding(page)) {}

std::string QueryEncoder::encode(std::string_view query) {
  std::string encoded;
  while (!query.empty()) {
    const auto is_other = [first = is_ascii(query.front())](char c) { return is_ascii(c) != first; };
    const auto size = static_cast<std::size_t>(std::ranges::find_if(query, is_other) - query.begin());
    const std::string_view run = query.substr(0, size);
    query.remove_prefix(size);
    if (is_ascii(run.front())) {
      encoded += run;
    } else {
      append_encoded(encoded, run);
    }
  }
  return encoded;
}

void QueryEncoder::append_encoded(std::string& out, std::string_view run) {
  if (converter_ == nullptr && !is_utf_8()) converter_ = open_with_references(encoding_);
  if (converter_ == nullptr) {
    append_percent_encoded(out, run);
    return;
  }
  const std::u16string wide = to_utf16(run);
  const UChar* next = wide.data();
  const UChar* const end = next + wide.size();
  std::array<char, 1024> bytes{};
  UErrorCode status = U_BUFFER_OVERFLOW_ERROR;
  while (status == U_BUFFER_OVERFLOW_ERROR) {
    status = U_ZERO_ERROR;
    char* written = bytes.data();
    ucnv_fromUnicode(converter_.get(), &written, bytes.data() + bytes.size(), &next, end, nullptr, true, &status);
    append_percent_encoded(out, std::string_view(bytes.data(), written));
  }
  ucnv_resetFromUnicode(converter_.get());
}

}  // namespace nbcrawl
