#pragma once

#include <unicode/ustring.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nbcrawl {

/// `text`, which is UTF-8 of less than 2 GiB, as ICU wants it.
inline std::u16string to_utf16(std::string_view text) {
  std::u16string wide(text.size(), u'\0');
  std::int32_t size = 0;
  UErrorCode status = U_ZERO_ERROR;
  u_strFromUTF8(wide.data(), static_cast<std::int32_t>(wide.size()), &size, text.data(),
                static_cast<std::int32_t>(text.size()), &status);
  wide.resize(static_cast<std::size_t>(size));
  return wide;
}

}  // namespace nbcrawl
