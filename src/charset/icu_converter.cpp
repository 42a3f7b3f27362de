#include "charset/icu_converter.hpp"

#include <unicode/ucnv_err.h>

#include <cstdint>

namespace nbcrawl {
namespace {

// The standard's name, but for those that mean another table in ICU. Every one is null-terminated.
const char* converter_name(Encoding encoding) noexcept {
  switch (encoding) {
    case Encoding::iso_8859_8_i: return "iso-8859-8";  // differs from iso-8859-8 in the direction of text only
    case Encoding::big5: return "big5-hkscs";
    case Encoding::euc_kr: return "windows-949";
    case Encoding::shift_jis: return "windows-31j";
    case Encoding::iso_8859_16:
    case Encoding::x_user_defined:
    case Encoding::replacement: return nullptr;
    default: return name(encoding).data();
  }
}

// UCNV_FROM_U_CALLBACK_STOP would drop what Unicode lets a display ignore, such as U+200C, without a word.
void stop(const void* /*context*/, UConverterFromUnicodeArgs* /*arguments*/, const UChar* /*units*/,
          std::int32_t /*length*/, UChar32 /*code_point*/, UConverterCallbackReason /*reason*/,
          UErrorCode* /*status*/) {}

}  // namespace

IcuConverter open_converter(Encoding encoding) noexcept {
  const char* const converter = converter_name(encoding);
  if (converter == nullptr) return nullptr;
  UErrorCode status = U_ZERO_ERROR;
  IcuConverter opened(ucnv_open(converter, &status));
  ucnv_setToUCallBack(opened.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  ucnv_setFromUCallBack(opened.get(), stop, nullptr, nullptr, nullptr, &status);
  if (U_FAILURE(status)) return nullptr;
  return opened;
}

}  // namespace nbcrawl
