#include "html/visible_text.hpp"

#include <algorithm>
#include <utility>

#include "html/ascii.hpp"

namespace nbcrawl::html {
namespace {

// Elements whose text is not shown and has no tags in it.
bool is_hidden(Element element) {
  switch (element) {
    case Element::title:
    case Element::script:
    case Element::style:
    case Element::iframe:
    case Element::noembed:
    case Element::noframes: return true;
    default: return false;
  }
}

bool is_preformatted(Element element) {
  return element == Element::pre || element == Element::listing || element == Element::xmp ||
         element == Element::plaintext;
}

// How many line feeds there are at least before and after an element: HTML standard, section 15.3.
std::size_t newlines_around(Element element) {
  switch (element) {
    case Element::p: return 2;
    case Element::other:
    case Element::a:
    case Element::area:
    case Element::base:
    case Element::frame:
    case Element::head:
    case Element::iframe:
    case Element::link:
    case Element::math:
    case Element::meta:
    case Element::noembed:
    case Element::noframes:
    case Element::noscript:
    case Element::script:
    case Element::select:
    case Element::style:
    case Element::svg:
    case Element::td:
    case Element::template_:
    case Element::textarea:
    case Element::th:
    case Element::title: return 0;
    default: return 1;
  }
}

// How much of it, from a word on, has nothing to collapse: words with one blank between them.
std::size_t collapsed_prefix(std::string_view said) {
  for (std::size_t i = 0; i < said.size(); ++i) {
    if (!is_whitespace(said[i])) continue;
    if (said[i] != ' ' || i == 0 || i + 1 == said.size() || is_whitespace(said[i + 1])) return i;
  }
  return said.size();
}

}  // namespace

void VisibleTextReader::start_tag(const Tag& tag) {
  end_of_run();
  skips_newline_ = false;
  if (tag.is_foreign && tag.self_closing) return;
  const Element element = tag.element;
  in_hidden_element_ = is_hidden(element);
  if (element == Element::template_) ++template_depth_;
  if (is_preformatted(element)) {
    ++pre_depth_;
    skips_newline_ = element == Element::pre || element == Element::listing;
  }
  if (element == Element::td || element == Element::th) {
    begin_cell();
  } else {
    break_at(element);
  }
}

void VisibleTextReader::end_tag(Element element, std::string_view /*name*/) {
  end_of_run();
  skips_newline_ = false;
  in_hidden_element_ = false;
  if (element == Element::template_ && template_depth_ > 0) --template_depth_;
  if (is_preformatted(element) && pre_depth_ > 0) --pre_depth_;
  break_at(element);
}

void VisibleTextReader::text(std::string_view raw, TextKind kind) {
  if (in_hidden_element_ || template_depth_ > 0) return;
  if (decoder_.is_plain(raw)) return append(raw);
  decoder_.decode(raw, kind, run_);
  append(run_);
  run_.clear();
}

void VisibleTextReader::end_of_run() {
  decoder_.finish(run_);
  if (run_.empty()) return;
  append(run_);
  run_.clear();
}

std::string VisibleTextReader::take_text() {
  end_of_run();
  if (!out_.empty()) out_ += '\n';
  return std::move(out_);
}

void VisibleTextReader::append(std::string_view said) {
  pre_depth_ > 0 ? append_preformatted(said) : append_collapsed(said);
}

void VisibleTextReader::append_collapsed(std::string_view said) {
  while (!said.empty()) {
    const std::size_t size = collapsed_prefix(said);
    if (size > 0) {
      begin_visible();
      out_ += said.substr(0, size);
    }
    said.remove_prefix(size);
    if (said.empty()) return;
    space_ = true;
    said.remove_prefix(std::min(said.find_first_not_of(" \n\t\f\r"), said.size()));
  }
}

void VisibleTextReader::append_preformatted(std::string_view said) {
  if (said.empty()) return;
  if (std::exchange(skips_newline_, false) && said.front() == '\n') said.remove_prefix(1);
  while (!said.empty()) {
    const std::size_t line_end = std::min(said.find('\n'), said.size());
    if (line_end > 0) {
      begin_visible();
      out_ += said.substr(0, line_end);
    }
    said.remove_prefix(line_end);
    if (said.empty()) return;
    ++forced_newlines_;
    said.remove_prefix(1);
  }
}

// Writes what stands between the last text and the one that comes.
void VisibleTextReader::begin_visible() {
  const std::size_t newlines = std::max(newlines_, forced_newlines_);
  if (!out_.empty()) out_.append(newlines, '\n');
  out_.append(tabs_, '\t');
  if (space_ && newlines == 0 && tabs_ == 0 && !out_.empty() && pre_depth_ == 0) out_ += ' ';
  newlines_ = forced_newlines_ = tabs_ = 0;
  space_ = false;
}

void VisibleTextReader::break_line(std::size_t newlines) {
  if (tabs_ == 0) newlines_ = std::max(newlines_, newlines);  // not between the tab before a cell and its text
}

void VisibleTextReader::break_at(Element element) {
  switch (element) {
    case Element::table:
    case Element::tr: begin_row(); break;
    case Element::br: ++forced_newlines_; break;  // </br> too
    default: break_line(newlines_around(element)); break;
  }
}

void VisibleTextReader::begin_row() {
  tabs_ = 0;
  break_line(1);
  row_has_cell_ = false;
  row_begin_ = out_.size();
}

// Cells stand on the line of their row, whatever blocks they hold.
void VisibleTextReader::begin_cell() {
  if (!std::exchange(row_has_cell_, true)) return;
  if (out_.size() > row_begin_) newlines_ = forced_newlines_ = 0;
  ++tabs_;
}

}  // namespace nbcrawl::html
