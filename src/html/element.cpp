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

// A slot for each value of the hash. Its factors were searched for: no two names share a slot.
constexpr std::size_t slot_count = 512;

constexpr std::size_t slot_of(std::string_view name) {
  const auto lower = [name](std::size_t i) -> std::size_t { return static_cast<unsigned char>(name[i]) | 0x20U; };
  return (name.size() + lower(0) + lower(name.size() - 1) * 37 + lower(name.size() / 2) * 17) % slot_count;
}

constexpr auto slots = [] {
  std::array<std::uint8_t, slot_count> table{};
  for (std::size_t i = 1; i < names.size(); ++i) table[slot_of(names[i])] = static_cast<std::uint8_t>(i);
  return table;
}();
static_assert(names.size() - 1 == slot_count - std::ranges::count(slots, 0));

}  // namespace

Element find_element(std::string_view name) noexcept {
  if (name.empty() || name.size() > longest_name) return Element::other;
  const std::uint8_t i = slots[slot_of(name)];
  return name == names[i] || equals_lower(name, names[i]) ? static_cast<Element>(i) : Element::other;
}

std::string_view name(Element element) noexcept { return names[static_cast<std::size_t>(element)]; }

}  // namespace nbcrawl::html
