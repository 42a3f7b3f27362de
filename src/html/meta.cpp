#include "html/meta.hpp"

#include <algorithm>

#include "html/ascii.hpp"

namespace nbcrawl::html {
namespace {

void skip_whitespace(std::string_view& text) {
  while (!text.empty() && is_whitespace(text.front())) text.remove_prefix(1);
}

std::string_view trim(std::string_view text) {
  skip_whitespace(text);
  while (!text.empty() && is_whitespace(text.back())) text.remove_suffix(1);
  return text;
}

// "url =" in front of the target may be left out.
void skip_url_equals(std::string_view& text) {
  std::string_view rest = text;
  if (!equals_lower(rest.substr(0, 3), "url")) return;
  rest.remove_prefix(3);
  skip_whitespace(rest);
  if (!rest.starts_with('=')) return;
  rest.remove_prefix(1);
  skip_whitespace(rest);
  text = rest;
}

}  // namespace

void RobotsDirectives::add(std::string_view content) noexcept {
  while (!content.empty()) {
    const std::size_t end = std::min(content.find(','), content.size());
    const std::string_view word = trim(content.substr(0, end));
    content.remove_prefix(std::min(end + 1, content.size()));
    const bool both = equals_lower(word, "none");
    noindex = noindex || both || equals_lower(word, "noindex");
    nofollow = nofollow || both || equals_lower(word, "nofollow");
  }
}

std::optional<std::string_view> refresh_target(std::string_view content) {
  constexpr std::string_view digits = "0123456789";
  skip_whitespace(content);
  const std::size_t number_end = std::min(content.find_first_not_of(digits), content.size());
  if (number_end == 0 && !content.starts_with('.')) return std::nullopt;
  content.remove_prefix(std::min(content.find_first_not_of("0123456789."), content.size()));
  if (content.empty()) return std::nullopt;
  if (content.front() != ';' && content.front() != ',' && !is_whitespace(content.front())) return std::nullopt;
  skip_whitespace(content);
  if (content.starts_with(';') || content.starts_with(',')) content.remove_prefix(1);
  skip_whitespace(content);
  if (content.empty()) return std::nullopt;
  skip_url_equals(content);
  if (content.starts_with('"') || content.starts_with('\'')) {
    const char quote = content.front();
    content.remove_prefix(1);
    content = content.substr(0, content.find(quote));
  }
  return content;
}

}  // namespace nbcrawl::html
