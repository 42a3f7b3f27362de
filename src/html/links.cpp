#include "html/links.hpp"

#include <algorithm>
#include <array>

#include "html/ascii.hpp"

namespace nbcrawl::html {
namespace {

// Link types (HTML standard, section 4.6.7, and the older ones of HTML 4) of a <link> that leads to a page: not to a
// style sheet, an icon, a feed or anything that is fetched to show this page.
constexpr auto page_relations = std::to_array<std::string_view>(
    {"alternate", "amphtml", "author",   "bookmark", "canonical", "chapter",        "contents",
     "copyright", "first",   "glossary", "help",     "index",     "last",           "license",
     "next",      "prev",    "previous", "section",  "start",     "privacy-policy", "terms-of-service",
     "up"});

bool is_page_type(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (!type.empty() && is_whitespace(type.back())) type.remove_suffix(1);
  return type.empty() || equals_lower(type, "text/html") || equals_lower(type, "application/xhtml+xml");
}

template <class Use>
void for_each_word(std::string_view text, Use use) {
  while (true) {
    while (!text.empty() && is_whitespace(text.front())) text.remove_prefix(1);
    if (text.empty()) return;
    const auto end = static_cast<std::size_t>(std::ranges::find_if(text, is_whitespace) - text.begin());
    use(text.substr(0, end));
    text.remove_prefix(end);
  }
}

bool leads_to_page(const Tag& link) {
  if (!is_page_type(link.attribute("type").value_or(""))) return false;
  bool to_page = false;
  bool to_resource = false;
  for_each_word(link.attribute("rel").value_or(""), [&](std::string_view word) {
    const auto is_word = [word](std::string_view relation) { return equals_lower(word, relation); };
    to_page = to_page || std::ranges::any_of(page_relations, is_word);
    to_resource = to_resource || is_word("stylesheet") || is_word("icon");
  });
  return to_page && !to_resource;
}

bool is_ascii(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// The reference with its query in the encoding of the page.
std::string with_query(std::string_view reference, const EncodeQuery& encode_query) {
  const std::size_t fragment = std::min(reference.find('#'), reference.size());
  const std::size_t query = std::min(reference.find('?'), fragment);
  const std::string_view text = reference.substr(query, fragment - query);
  std::string whole(reference.substr(0, query));
  whole += is_ascii(text) ? std::string(text) : encode_query(text);
  return whole;
}

}  // namespace

void LinkCollector::start_tag(const Tag& tag) {
  switch (tag.element) {
    case Element::a:
    case Element::area: add(tag.attribute("href")); break;
    case Element::link:
      if (leads_to_page(tag)) add(tag.attribute("href"));
      break;
    case Element::iframe:
    case Element::frame: add(tag.attribute("src")); break;
    case Element::base:
      if (const auto href = tag.attribute("href"); href && !base_) base_ = decode_attribute(*href, buffer_);
      break;
    case Element::meta: meta(tag); break;
    default: break;
  }
}

void LinkCollector::add(std::optional<std::string_view> raw_reference) {
  if (raw_reference) references_.add(decode_attribute(*raw_reference, buffer_));
}

void LinkCollector::meta(const Tag& tag) {
  const auto content = tag.attribute("content");
  if (!content) return;
  const std::string_view said = decode_attribute(*content, buffer_);
  const std::string_view name = tag.attribute("name").value_or("");
  if (equals_lower(name, "robots") || equals_lower(name, "nbcrawl")) robots_.add(said);
  if (!equals_lower(tag.attribute("http-equiv").value_or(""), "refresh")) return;
  if (const auto target = refresh_target(said)) references_.add(*target);
}

Url LinkCollector::base_of(const Url& page) const {
  if (!base_) return page;
  return page.resolve(*base_).value_or(page);
}

std::optional<UniqueLines> LinkCollector::links(const Url& page, const EncodeQuery& encode_query) const {
  UniqueLines found;
  const Url base = base_of(page);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < references_.size(); ++i) {
    const std::string_view reference = references_[i];
    if (reference.starts_with('#') && !base_) continue;
    const auto url = encode_query ? base.resolve(with_query(reference, encode_query)) : base.resolve(reference);
    // As much was copied for one that leads nowhere.
    bytes += std::max(base.size_bytes() + reference.size(), url ? url->size_bytes() : 0);
    if (bytes > max_links_bytes) return std::nullopt;
    // What is no URL, or one of another scheme, leads nowhere for us: a broken link fails nothing.
    if (!url) continue;
    found.add(url->href_without_fragment());
  }
  return found;
}

}  // namespace nbcrawl::html
