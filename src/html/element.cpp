#include "html/element.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "html/ascii.hpp"

namespace nbcrawl::html {
namespace {

// In the order of the enumerators.
constexpr auto names = std::to_array<std::string_view>({
    "",       "a",        "address",    "area",     "article", "aside",    "base",    "blockquote", "body",
    "br",     "caption",  "center",     "dd",       "details", "dialog",   "dir",     "div",        "dl",
    "dt",     "fieldset", "figcaption", "figure",   "footer",  "form",     "frame",   "h1",         "h2",
    "h3",     "h4",       "h5",         "h6",       "head",    "header",   "hgroup",  "hr",         "html",
    "iframe", "legend",   "li",         "link",     "listing", "main",     "math",    "menu",       "meta",
    "nav",    "noembed",  "noframes",   "noscript", "ol",      "optgroup", "option",  "p",          "plaintext",
    "pre",    "script",   "search",     "section",  "select",  "style",    "summary", "svg",        "table",
    "tbody",  "td",       "template",   "textarea", "tfoot",   "th",       "thead",   "title",      "tr",
    "ul",     "xmp",
});
constexpr std::size_t longest_name = 10;

// A slot for each value of the hash, larger than needed, so that most names are found at the first look.
constexpr std::size_t slot_count = 512;

constexpr std::size_t slot_of(std::string_view name) {
  std::uint32_t hash = 0;
  for (const char c : name) hash = hash * 37 + static_cast<unsigned char>(ascii_lower(c));
  return (hash ^ (hash >> 9U)) % slot_count;
}

constexpr auto slots = [] {
  std::array<std::uint8_t, slot_count> table{};
  for (std::size_t i = 1; i < names.size(); ++i) {
    std::size_t slot = slot_of(names[i]);
    while (table[slot] != 0) slot = (slot + 1) % slot_count;
    table[slot] = static_cast<std::uint8_t>(i);
  }
  return table;
}();

}  // namespace

Element find_element(std::string_view name) noexcept {
  if (name.size() > longest_name) return Element::other;
  for (std::size_t slot = slot_of(name); slots[slot] != 0; slot = (slot + 1) % slot_count) {
    if (equals_lower(name, names[slots[slot]])) return static_cast<Element>(slots[slot]);
  }
  return Element::other;
}

std::string_view name(Element element) noexcept { return names[static_cast<std::size_t>(element)]; }

}  // namespace nbcrawl::html
