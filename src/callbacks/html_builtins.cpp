// The built-in callbacks that read HTML: title, text; links has a file of its own.
#include "callbacks/builtins.hpp"
#include "callbacks/page_text.hpp"
#include "html/title.hpp"
#include "html/visible_text.hpp"

namespace nbcrawl {

Result<> run_title(const CallbackInput& input, Emitter& emitter) {
  html::TitleReader reader;
  const std::string_view content_type = content_type_of(input.response);
  if (page_kind(content_type) == PageKind::html) {
    // A title stands at the beginning: of a long page the rest is not read.
    constexpr std::size_t piece = 4096;
    const std::string_view text = decode_page(input, {}, content_type, emitter).text;
    html::Tokenizer tokenizer(reader);
    for (std::size_t at = 0; at < text.size() && !reader.is_complete(); at += piece)
      tokenizer.feed(text.substr(at, piece));
    tokenizer.finish();
  }
  emitter.text(reader.title());
  emitter.text("\n");
  return {};
}

Result<> run_text(const CallbackInput& input, Emitter& emitter) {
  const std::string_view content_type = content_type_of(input.response);
  const PageKind kind = page_kind(content_type);
  if (kind == PageKind::other) return {};
  const std::string_view text = decode_page(input, {}, content_type, emitter).text;
  if (kind == PageKind::text) {
    emitter.text(text);
    return {};
  }
  html::VisibleTextReader reader;
  html::Tokenizer tokenizer(reader);
  tokenizer.feed(text);
  tokenizer.finish();
  emitter.text(reader.take_text());
  return {};
}

}  // namespace nbcrawl
