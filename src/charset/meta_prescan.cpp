#include "charset/meta_prescan.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"

namespace nbcrawl {
namespace {

constexpr std::string_view whitespace = "\t\n\f\r ";

constexpr bool is_whitespace(char c) { return whitespace.contains(c); }

// `wanted` is in lower case.
bool starts_with_ignoring_case(std::string_view text, std::string_view wanted) {
  return equals_lower(text.substr(0, wanted.size()), wanted);
}

void skip_whitespace(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(whitespace), text.size()));
}

// What the bytes of a page that could be read as ASCII can't be in truth.
Encoding readable_as_ascii(Encoding encoding) {
  const bool utf_16 = encoding == Encoding::utf_16be || encoding == Encoding::utf_16le;
  return utf_16 ? Encoding::utf_8 : encoding;
}

struct Attribute {
  std::string name;
  std::string value;
};

// Running out of bytes, in whatever step, ends the prescan.
enum class Step { attribute, no_more, out_of_bytes };

// "Get an attribute". Name and value in lower case; `rest` is left behind the attribute, or at the tag's ">".
class AttributeReader {
 public:
  explicit AttributeReader(std::string_view& rest) : rest_(rest) {}

  Step next(Attribute& attribute) {
    attribute = {};
    while (!rest_.empty() && (is_whitespace(rest_.front()) || rest_.front() == '/')) rest_.remove_prefix(1);
    if (rest_.empty()) return Step::out_of_bytes;
    if (rest_.front() == '>') return Step::no_more;
    return read_name(attribute);
  }

 private:
  void take(std::string& into) {
    into += to_lower_case(rest_.front());
    rest_.remove_prefix(1);
  }

  Step read_name(Attribute& attribute) {
    for (; !rest_.empty(); take(attribute.name)) {
      const char c = rest_.front();
      if (c == '=' && !attribute.name.empty()) return read_value(attribute);
      if (is_whitespace(c)) {
        skip_whitespace(rest_);
        if (rest_.empty()) return Step::out_of_bytes;
        return rest_.front() == '=' ? read_value(attribute) : Step::attribute;
      }
      if (c == '/' || c == '>') return Step::attribute;
    }
    return Step::out_of_bytes;
  }

  Step read_value(Attribute& attribute) {
    rest_.remove_prefix(1);  // "="
    skip_whitespace(rest_);
    if (rest_.empty()) return Step::out_of_bytes;
    const char quote = rest_.front();
    if (quote == '"' || quote == '\'') {
      rest_.remove_prefix(1);
      while (!rest_.empty() && rest_.front() != quote) take(attribute.value);
      if (rest_.empty()) return Step::out_of_bytes;
      rest_.remove_prefix(1);
      return Step::attribute;
    }
    while (!rest_.empty() && !is_whitespace(rest_.front()) && rest_.front() != '>') take(attribute.value);
    return rest_.empty() ? Step::out_of_bytes : Step::attribute;
  }

  std::string_view& rest_;
};

// "Extract a character encoding from a meta element"; `content` is in lower case.
std::optional<Encoding> encoding_of_content(std::string_view content) {
  constexpr std::string_view wanted = "charset";
  while (true) {
    const std::size_t found = content.find(wanted);
    if (found == std::string_view::npos) return std::nullopt;
    content.remove_prefix(found + wanted.size());
    skip_whitespace(content);
    if (content.starts_with('=')) break;
  }
  content.remove_prefix(1);
  skip_whitespace(content);
  if (content.empty()) return std::nullopt;
  if (const char quote = content.front(); quote == '"' || quote == '\'') {
    const std::size_t end = content.find(quote, 1);
    if (end == std::string_view::npos) return std::nullopt;
    return find_encoding(content.substr(1, end - 1));
  }
  return find_encoding(content.substr(0, content.find_first_of("\t\n\f\r ;")));
}

// What the attributes of one <meta> have said so far. Of attributes of one name the first counts.
struct Meta {
  bool has_http_equiv = false;
  bool has_content = false;
  bool got_pragma = false;
  std::optional<bool> need_pragma;
  std::optional<Encoding> charset;

  void add(const Attribute& attribute) {
    if (attribute.name == "http-equiv" && !has_http_equiv) {
      has_http_equiv = true;
      got_pragma = attribute.value == "content-type";
    } else if (attribute.name == "content" && !has_content) {
      has_content = true;
      const auto found = encoding_of_content(attribute.value);
      if (!found || need_pragma) return;
      charset = found;
      need_pragma = true;
    } else if (attribute.name == "charset" && need_pragma != false) {
      charset = find_encoding(attribute.value);
      need_pragma = false;
    }
  }

  [[nodiscard]] std::optional<Encoding> encoding() const {
    if (!need_pragma || (*need_pragma && !got_pragma) || !charset) return std::nullopt;
    if (*charset == Encoding::x_user_defined) return Encoding::windows_1252;
    return readable_as_ascii(*charset);
  }
};

constexpr std::string_view meta_tag = "<meta";

bool is_meta(std::string_view text) {
  return starts_with_ignoring_case(text, meta_tag) && text.size() > meta_tag.size() &&
         (is_whitespace(text[meta_tag.size()]) || text[meta_tag.size()] == '/');
}

bool is_tag(std::string_view text) {
  const std::size_t letter = text.starts_with("</") ? 2 : 1;
  return text.size() > letter && is_alpha(text[letter]);
}

void skip_behind(std::string_view& text, std::string_view end, std::size_t from) {
  const std::size_t found = text.find(end, from);
  text.remove_prefix(found == std::string_view::npos ? text.size() : found + end.size());
}

// Reads a tag's attributes from the front of `rest`; `use` sees each. False: out of bytes.
template <class Use>
bool for_each_attribute(std::string_view& rest, Use use) {
  AttributeReader reader(rest);
  Attribute attribute;
  while (true) {
    const Step step = reader.next(attribute);
    if (step != Step::attribute) return step == Step::no_more;
    use(attribute);
  }
}

std::optional<Encoding> declared_in_markup(std::string_view rest) {
  for (rest.remove_prefix(std::min(rest.find('<'), rest.size())); !rest.empty();
       rest.remove_prefix(std::min(rest.find('<'), rest.size()))) {
    if (rest.starts_with("<!--")) {
      skip_behind(rest, "-->", 2);
    } else if (is_meta(rest)) {
      rest.remove_prefix(meta_tag.size());
      Meta meta;
      if (!for_each_attribute(rest, [&](const Attribute& attribute) { meta.add(attribute); })) return std::nullopt;
      if (const auto encoding = meta.encoding()) return encoding;
    } else if (is_tag(rest)) {
      rest.remove_prefix(std::min(rest.find_first_of("\t\n\f\r >"), rest.size()));
      if (!for_each_attribute(rest, [](const Attribute&) {})) return std::nullopt;
    } else if (rest.starts_with("<!") || rest.starts_with("</") || rest.starts_with("<?")) {
      skip_behind(rest, ">", 0);
    } else {
      rest.remove_prefix(1);
    }
  }
  return std::nullopt;
}

// "Get an XML encoding".
std::optional<Encoding> declared_in_xml(std::string_view bytes) {
  if (!bytes.starts_with("<?xml")) return std::nullopt;
  std::string_view declaration = bytes.substr(0, bytes.find('>'));
  if (declaration.size() == bytes.size()) return std::nullopt;
  constexpr std::string_view wanted = "encoding";
  const std::size_t found = declaration.find(wanted);
  if (found == std::string_view::npos) return std::nullopt;
  declaration.remove_prefix(found + wanted.size());
  const auto skip_controls = [&] {
    while (!declaration.empty() && static_cast<unsigned char>(declaration.front()) <= 0x20)
      declaration.remove_prefix(1);
  };
  skip_controls();
  if (!declaration.starts_with('=')) return std::nullopt;
  declaration.remove_prefix(1);
  skip_controls();
  if (!declaration.starts_with('"') && !declaration.starts_with('\'')) return std::nullopt;
  const std::size_t end = declaration.find(declaration.front(), 1);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view label = declaration.substr(1, end - 1);
  if (std::ranges::any_of(label, [](char c) { return static_cast<unsigned char>(c) <= 0x20; })) return std::nullopt;
  const auto encoding = find_encoding(label);
  return encoding ? std::optional(readable_as_ascii(*encoding)) : std::nullopt;
}

}  // namespace

std::optional<Encoding> prescan(std::string_view bytes) {
  using namespace std::string_view_literals;
  if (bytes.starts_with("<\0?\0x\0"sv)) return Encoding::utf_16le;
  if (bytes.starts_with("\0<\0?\0x"sv)) return Encoding::utf_16be;
  if (const auto encoding = declared_in_markup(bytes)) return encoding;
  return declared_in_xml(bytes);
}

}  // namespace nbcrawl
