#pragma once

#include <cstdint>
#include <string_view>

#include "callbacks/builtins.hpp"
#include "charset/page_decoder.hpp"
#include "nbcrawl/callback.hpp"
#include "nbcrawl/response.hpp"

namespace nbcrawl {

/// The Content-Type field of a response; empty where there is none.
[[nodiscard]] std::string_view content_type_of(const Response& response) noexcept;

/// What the callbacks that read a page take it for.
enum class PageKind : std::uint8_t {
  html,   ///< text/html, application/xhtml+xml, or no type given
  text,   ///< another text/…
  other,  ///< an image, JSON …
};
[[nodiscard]] PageKind page_kind(std::string_view content_type) noexcept;

/// Whether what has this Content-Type is made of characters, as far as its media type tells: text, XML, JSON, scripts,
/// and whatever has no type. It is not where it is an image or an archive, say, and no charset is named.
[[nodiscard]] bool is_text(std::string_view content_type);

/// The page as UTF-8, in the encoding of `label`, else of the job, else as PageDecoder finds it, and the record told
/// so.
[[nodiscard]] DecodedPage decode_page(const CallbackInput& input, std::string_view label, std::string_view content_type,
                                      Emitter& emitter);

}  // namespace nbcrawl
