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

/// What is known of a page beside its bytes.
struct PageHints {
  std::optional<Encoding> argument = {};  ///< the user's word; nothing overrules it
  std::string_view content_type = {};     ///< value of the Content-Type field, or empty
};

struct DecodedPage {
  std::string_view text;  ///< valid UTF-8, no byte order mark: a part of the page where that already was, else of `storage`
  Encoding encoding;
  CharsetSource source;
};

/// A page as UTF-8. The encoding is the argument, else that of a byte order mark, else of Content-Type, else of <meta>
/// or an XML declaration, else the one detected, else windows-1252.
///
/// A declaration (Content-Type, meta) that the bytes contradict is passed over: more than one character in twenty can't
/// be decoded, or the page is UTF-8 and says it is something else. Where nothing better is detected it stands.
///
/// `storage` is overwritten where the page has to be converted, and keeps its memory from page to page. No I/O, no
/// state; thread-safe.
[[nodiscard]] DecodedPage decode_page(std::string_view bytes, const PageHints& hints, std::string& storage);

}  // namespace nbcrawl
