#include "callbacks/builtins.hpp"
#include "charset/encoding.hpp"

namespace nbcrawl {

namespace {

std::string_view content_type_of(const Response& response) { return response.fields.get("content-type").value_or(""); }

}  // namespace

Result<> check_decode(std::string_view argument) {
  if (argument.empty()) return {};
  if (auto known = encoding_argument(argument); !known) return std::unexpected(std::move(known.error()));
  return {};
}

Result<> run_decode(const CallbackInput& input, Emitter& emitter) {
  const Response& response = input.response;
  const std::string_view label = input.argument.empty() ? std::string_view(response.charset) : input.argument;
  const DecodedPage page = input.decoder.decode(response.body, label, content_type_of(response));
  emitter.set_charset(name(page.encoding), name(page.source));
  // Text that is valid UTF-8 already is a part of the body; other text lives in the decoder until its next page.
  const std::string_view body(response.body);
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
