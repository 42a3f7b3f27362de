#include "callbacks/builtins.hpp"
#include "callbacks/page_text.hpp"
#include "charset/encoding.hpp"

namespace nbcrawl {

Result<> check_decode(std::string_view argument) {
  if (argument.empty()) return {};
  if (auto known = encoding_argument(argument); !known) return std::unexpected(std::move(known.error()));
  return {};
}

Result<> run_decode(const CallbackInput& input, Emitter& emitter) {
  const bool is_told = !input.argument.empty() || !input.response.charset.empty();
  const std::string_view content_type = content_type_of(input.response);
  if (!is_told && !is_text(content_type)) {
    emitter.borrow(input.response.body);
    return {};
  }
  const DecodedPage page = decode_page(input, input.argument, content_type, emitter);
  // Text that is valid UTF-8 already is a part of the body; other text lives in the decoder until its next page.
  const std::string_view body(input.response.body);
  const bool in_body =
      page.text.data() >= body.data() && page.text.data() + page.text.size() <= body.data() + body.size();
  if (in_body) {
    emitter.borrow(page.text);
  } else {
    emitter.text(page.text);
  }
  return {};
}

std::string Response::text(std::string_view label) const {
  PageDecoder decoder;
  return std::string(
      decoder.decode(body, label.empty() ? std::string_view(charset) : label, content_type_of(*this)).text);
}

}  // namespace nbcrawl
