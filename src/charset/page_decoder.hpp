#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "charset/encoding.hpp"

namespace nbcrawl {

/// What decided the encoding of a page.
enum class CharsetSource : std::uint8_t { argument, bom, content_type, meta, detected, fallback };

/// "argument", "bom", "content-type", "meta", "detected" or "default". Static storage.
[[nodiscard]] std::string_view name(CharsetSource source) noexcept;

struct DecodedPage {
  std::string_view text;  ///< valid UTF-8 without a byte order mark
  Encoding encoding;
  CharsetSource source;
};

/// Turns pages into UTF-8 and keeps its memory from page to page. Used by one thread at a time.
class PageDecoder {
 public:
  /// The encoding is that of the argument `label`, else of a byte order mark, else of `content_type` (the field's
  /// value), else of a <meta> or an XML declaration, else the one detected, else windows-1252. Empty: not given; check
  /// labels with encoding_argument() beforehand, because one that is unknown counts as not given here.
  ///
  /// A declaration (Content-Type, <meta>) that the bytes contradict is passed over: more than one character in twenty
  /// can't be decoded, or the page is UTF-8 and says it is something else. Where nothing better is detected it stands.
  ///
  /// The text is a part of `bytes` where they are UTF-8 already; else it lives in this object until its next page.
  [[nodiscard]] DecodedPage decode(std::string_view bytes, std::string_view label, std::string_view content_type);

 private:
  std::string text_;
  std::string content_type_;  // of the last page that was asked for it
  std::optional<Encoding> content_type_encoding_;
};

}  // namespace nbcrawl
