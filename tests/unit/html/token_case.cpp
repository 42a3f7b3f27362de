#include "token_case.hpp"

#include <algorithm>
#include <set>

#include "catch2_shim.hpp"

namespace nbcrawl::html::test {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) { return to_lower_case(c); });
  return result;
}

}  // namespace

void TokenLog::start_tag(const Tag& tag) {
  end_text();
  REQUIRE(find_element(tag.name) == tag.element);
  log_ += '<' + lower(tag.name);
  std::set<std::string> seen;
  std::string buffer;
  for (const AttributeSpan& attribute : tag.attributes) {
    const std::string name = lower(tag.name_of(attribute));
    if (!seen.insert(name).second) continue;
    log_ += ' ' + name + "=\"" + std::string(decode_attribute(tag.value_of(attribute), buffer)) + '"';
    REQUIRE(decode_attribute(tag.attribute(name).value(), buffer) == decode_attribute(tag.value_of(attribute), buffer));
  }
  log_ += tag.self_closing ? "/>" : ">";
}

void TokenLog::end_tag(Element element, std::string_view name) {
  end_text();
  REQUIRE(find_element(name) == element);
  log_ += "</" + lower(name) + '>';
}

void TokenLog::text(std::string_view raw, TextKind kind) {
  REQUIRE_FALSE(raw.empty());
  decoder_.decode(raw, kind, text_);
}

void TokenLog::end_text() {
  decoder_.finish(text_);
  if (!text_.empty()) log_ += '\'' + text_ + '\'';
  text_.clear();
}

std::string TokenLog::take() {
  end_text();
  return log_;
}

std::string tokens(std::string_view page, std::size_t piece) {
  TokenLog log;
  Tokenizer tokenizer(log);
  for (std::size_t at = 0; at < page.size(); at += piece) tokenizer.feed(page.substr(at, piece));
  tokenizer.finish();
  return log.take();
}

void check(const TokenCase& expected) {
  const std::string_view page = expected.page;
  CAPTURE(std::string(page));
  CHECK(tokens(page, page.size() + 1) == expected.tokens);
  CHECK(tokens(page, 1) == expected.tokens);
  for (std::size_t at = 1; at < page.size(); ++at) {
    CAPTURE(at);
    TokenLog log;
    Tokenizer tokenizer(log);
    tokenizer.feed(page.substr(0, at));
    tokenizer.feed(page.substr(at));
    tokenizer.finish();
    REQUIRE(log.take() == expected.tokens);
  }
}

}  // namespace nbcrawl::html::test
