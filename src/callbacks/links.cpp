#include "html/links.hpp"

#include <string>

#include "callbacks/builtins.hpp"
#include "callbacks/callback_failure.hpp"
#include "callbacks/page_text.hpp"
#include "charset/query_encoder.hpp"

namespace nbcrawl {

Result<> run_links(const CallbackInput& input, Emitter& emitter) {
  const std::string_view content_type = content_type_of(input.response);
  if (page_kind(content_type) != PageKind::html) return {};
  const DecodedPage page = decode_page(input, {}, content_type, emitter);
  html::LinkCollector collector;
  html::Tokenizer tokenizer(collector);
  tokenizer.feed(page.text);
  tokenizer.finish();

  QueryEncoder encoder(page.encoding);
  html::EncodeQuery encode_query;
  if (!encoder.is_utf_8()) encode_query = [&encoder](std::string_view query) { return encoder.encode(query); };
  const auto links = collector.links(input.response.url, encode_query);
  if (!links) {
    return std::unexpected(callback_failure("the links of this page have more than " +
                                            std::to_string(html::LinkCollector::max_links_bytes) + " bytes"));
  }
  emitter.text(links->block());
  return {};
}

}  // namespace nbcrawl
