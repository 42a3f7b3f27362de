#include "callbacks/page_text.hpp"

#include "nbcrawl/fields.hpp"

namespace nbcrawl {

std::string_view content_type_of(const Response& response) noexcept {
  return response.fields.get("content-type").value_or("");
}

PageKind page_kind(std::string_view content_type) noexcept {
  constexpr std::string_view text_types = "text/";
  std::string_view type = content_type.substr(0, content_type.find(';'));
  type = type.substr(0, type.find_last_not_of(" \t") + 1);
  if (type.empty() || equals_ignoring_case(type, "text/html") || equals_ignoring_case(type, "application/xhtml+xml"))
    return PageKind::html;
  return equals_ignoring_case(type.substr(0, text_types.size()), text_types) ? PageKind::text : PageKind::other;
}

DecodedPage decode_page(const CallbackInput& input, std::string_view label, Emitter& emitter) {
  const Response& response = input.response;
  const DecodedPage page = input.decoder.decode(
      response.body, label.empty() ? std::string_view(response.charset) : label, content_type_of(response));
  emitter.set_charset(name(page.encoding), name(page.source));
  return page;
}

}  // namespace nbcrawl
