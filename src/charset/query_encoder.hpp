#pragma once

#include <string>
#include <string_view>

#include "charset/encoding.hpp"
#include "charset/icu_converter.hpp"

namespace nbcrawl {

/// Writes the queries of a page's links as its server expects them: what is not ASCII in the page's encoding and
/// percent-encoded, "&#N;" for what the encoding lacks (WHATWG URL standard, "percent-encode after encoding"). Opens
/// its converter when it first needs it. Used by one thread at a time.
class QueryEncoder {
 public:
  /// Pages in UTF-16, and those in the few encodings that can only be read, have their queries in UTF-8.
  explicit QueryEncoder(Encoding page) noexcept;

  /// Whether queries are in UTF-8, which is what a Url makes of them anyway.
  [[nodiscard]] bool is_utf_8() const noexcept { return encoding_ == Encoding::utf_8; }

  /// `query` is UTF-8. The result is ASCII.
  [[nodiscard]] std::string encode(std::string_view query);

 private:
  void append_encoded(std::string& out, std::string_view run);

  Encoding encoding_;
  IcuConverter converter_;
};

}  // namespace nbcrawl
