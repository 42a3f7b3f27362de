#include "callbacks/page_text.hpp"

#include <algorithm>
#include <array>

#include "charset/content_type.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {

namespace {

/// Without its parameters.
std::string_view media_type_of(std::string_view content_type) noexcept {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.substr(0, type.find_last_not_of(" \t") + 1);
}

bool starts_with(std::string_view type, std::string_view start) noexcept {
  return equals_ignoring_case(type.substr(0, start.size()), start);
}

/// Whether the last word of the type, behind "/", "+" or "-", is this.
bool ends_with_word(std::string_view type, std::string_view word) noexcept {
  const std::size_t end = type.find_last_of("/+-");
  return end != std::string_view::npos && equals_ignoring_case(type.substr(end + 1), word);
}

}  // namespace

std::string_view content_type_of(const Response& response) noexcept {
  return response.fields.get("content-type").value_or("");
}

PageKind page_kind(std::string_view content_type) noexcept {
  const std::string_view type = media_type_of(content_type);
  if (type.empty() || equals_ignoring_case(type, "text/html") || equals_ignoring_case(type, "application/xhtml+xml"))
    return PageKind::html;
  return starts_with(type, "text/") ? PageKind::text : PageKind::other;
}

bool is_text(std::string_view content_type) {
  if (starts_with(content_type, "text/") || starts_with(content_type, "message/")) return true;
  const std::string_view type = media_type_of(content_type);
  if (type.empty() || charset_parameter(content_type)) return true;
  // The structured syntax suffixes of RFC 6839 and RFC 7303, and types that are older than they are.
  constexpr std::array<std::string_view, 7> suffixes{"xml",        "json", "ndjson",    "javascript",
                                                     "ecmascript", "yaml", "urlencoded"};
  return std::ranges::any_of(suffixes, [&](std::string_view suffix) { return ends_with_word(type, suffix); });
}

DecodedPage decode_page(const CallbackInput& input, std::string_view label, std::string_view content_type,
                        Emitter& emitter) {
  const Response& response = input.response;
  const DecodedPage page =
      input.decoder.decode(response.body, label.empty() ? std::string_view(response.charset) : label, content_type);
  emitter.set_charset(name(page.encoding), name(page.source));
  return page;
}

}  // namespace nbcrawl
