#pragma once

#include <string>
#include <string_view>

#include "html/tokenizer.hpp"

namespace nbcrawl::html::test {

/// Writes tokens down: start tags as <name a="v"/>, names in lower case and of attributes of one name the first; end
/// tags as </name>; text, as it is meant and however many pieces it came in, as 'text'.
class TokenLog final : public TokenReader {
 public:
  void start_tag(const Tag& tag) override;
  void end_tag(Element element, std::string_view name) override;
  void text(std::string_view raw, TextKind kind) override;
  void comment() override { decoder_.finish(text_); }
  std::string take();

 private:
  void end_text();

  std::string log_;
  std::string text_;
  TextDecoder decoder_;
};

/// The tokens of a page that comes in pieces of so many bytes.
std::string tokens(std::string_view page, std::size_t piece);

/// A page and its tokens.
struct TokenCase {
  std::string_view page;
  std::string_view tokens;
};

/// Requires these tokens of the page whole, byte by byte, and cut in two at every byte.
void check(const TokenCase& expected);

}  // namespace nbcrawl::html::test
