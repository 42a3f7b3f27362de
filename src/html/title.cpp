#include "html/title.hpp"

#include "html/ascii.hpp"

namespace nbcrawl::html {

void TitleReader::start_tag(const Tag& tag) {
  if (state_ == State::before && tag.element == Element::title && !tag.is_foreign) state_ = State::inside;
}

void TitleReader::text(std::string_view raw, TextKind kind) {
  if (state_ == State::inside) decoder_.decode(raw, kind, said_);
}

void TitleReader::end_tag(Element element, std::string_view /*name*/) {
  if (state_ == State::inside && element == Element::title) state_ = State::complete;
}

std::string TitleReader::title() {
  decoder_.finish(said_);
  std::string line;
  for (const char c : said_) {
    if (!is_whitespace(c)) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
  }
  if (line.ends_with(' ')) line.pop_back();
  return line;
}

}  // namespace nbcrawl::html
