#include "html/tag_scanner.hpp"

#include <algorithm>
#include <array>

namespace nbcrawl::html {
namespace {

// What ends a name or value, as flags.
using ByteSet = std::uint8_t;
constexpr ByteSet ends_tag_name = 1U << 0U;
constexpr ByteSet ends_attribute_name = 1U << 1U;
constexpr ByteSet ends_unquoted_value = 1U << 2U;

constexpr auto byte_sets = [] {
  std::array<ByteSet, 256> table{};
  for (const char c : {' ', '\t', '\n', '\f', '\r', '>'})
    table[static_cast<unsigned char>(c)] = ends_tag_name | ends_attribute_name | ends_unquoted_value;
  table['/'] = ends_tag_name | ends_attribute_name;
  table['='] = ends_attribute_name;
  return table;
}();

std::size_t find_in(std::string_view text, ByteSet set, std::size_t from) {
  while (from < text.size() && (byte_sets[static_cast<unsigned char>(text[from])] & set) == 0) ++from;
  return from;
}

}  // namespace

void TagScanner::begin(std::size_t name) {
  state_ = State::tag_name;
  element_ = Element::other;
  self_closing_ = false;
  is_cut_ = false;
  position_ = name_ = name_end_ = name;
  attributes_.clear();
}

bool TagScanner::scan(std::string_view text) {
  while (position_ < text.size()) {
    const char c = text[position_];
    switch (state_) {
      case State::tag_name: read_tag_name(text); break;
      // Also the after attribute value (quoted) state: what may not follow a value there begins a name here.
      case State::before_attribute_name:
        if (c == '>') return finish();
        if (read_usual_attribute(text)) break;
        part_ = position_++;
        if (c == '/') {
          state_ = State::self_closing_start_tag;
        } else if (!is_whitespace(c)) {
          state_ = State::attribute_name;
        }
        break;
      case State::self_closing_start_tag:
        self_closing_ = c == '>';
        state_ = State::before_attribute_name;
        break;
      case State::attribute_name: read_attribute_name(text); break;
      case State::after_attribute_name:
        if (is_whitespace(c)) {
          ++position_;
        } else if (c == '=') {
          ++position_;
          state_ = State::before_attribute_value;
        } else {
          state_ = State::before_attribute_name;
        }
        break;
      case State::before_attribute_value:
        if (c == '>') return finish();
        part_ = position_;
        if (c == '"' || c == '\'') {
          part_ = ++position_;
          state_ = c == '"' ? State::attribute_value_double_quoted : State::attribute_value_single_quoted;
        } else if (is_whitespace(c)) {
          ++position_;
        } else {
          state_ = State::attribute_value_unquoted;
        }
        break;
      case State::attribute_value_double_quoted: read_value(text, text.find('"', position_), 1); break;
      case State::attribute_value_single_quoted: read_value(text, text.find('\'', position_), 1); break;
      case State::attribute_value_unquoted: read_value(text, find_in(text, ends_unquoted_value, position_), 0); break;
    }
  }
  return false;
}

void TagScanner::read_tag_name(std::string_view text) {
  position_ = find_in(text, ends_tag_name, position_);
  if (position_ == text.size()) return;
  if (!is_cut_) {
    name_end_ = position_;
    element_ = find_element(text.substr(name_, name_end_ - name_));
  }
  state_ = State::before_attribute_name;
}

// All of ` name="value"`, which most attributes are, or nothing of anything else.
bool TagScanner::read_usual_attribute(std::string_view text) {
  const std::size_t name = position_ + 1;
  if (text[position_] != ' ') return false;
  const std::size_t name_end = find_in(text, ends_attribute_name, name);
  const std::size_t value = name_end + std::string_view("=\"").size();
  if (name_end == name || value > text.size() || text[name_end] != '=' || text[name_end + 1] != '"') return false;
  const std::size_t end = text.find('"', value);
  if (end == std::string_view::npos || end > max_tag_bytes) return false;
  if (!is_cut_) {
    attributes_.push_back({.name = static_cast<std::uint32_t>(name),
                           .name_size = static_cast<std::uint32_t>(name_end - name),
                           .value = static_cast<std::uint32_t>(value),
                           .value_size = static_cast<std::uint32_t>(end - value)});
  }
  position_ = end + 1;
  return true;
}

void TagScanner::read_attribute_name(std::string_view text) {
  position_ = find_in(text, ends_attribute_name, position_);
  if (position_ == text.size()) return;
  if (position_ > max_tag_bytes) cut();
  if (!is_cut_) {
    attributes_.push_back({.name = static_cast<std::uint32_t>(part_),
                           .name_size = static_cast<std::uint32_t>(position_ - part_),
                           .value = 0,
                           .value_size = 0});
  }
  state_ = State::after_attribute_name;
}

// `next`: how far behind the value's end the tag goes on.
void TagScanner::read_value(std::string_view text, std::size_t end, std::size_t next) {
  position_ = std::min(end, text.size());
  if (position_ == text.size()) return;
  if (position_ > max_tag_bytes) cut();
  if (!is_cut_) {
    attributes_.back().value = static_cast<std::uint32_t>(part_);
    attributes_.back().value_size = static_cast<std::uint32_t>(position_ - part_);
  }
  position_ += next;
  state_ = State::before_attribute_name;
}

bool TagScanner::finish() noexcept {
  ++position_;
  if (position_ > max_tag_bytes) cut();
  return true;
}

void TagScanner::cut() noexcept {
  is_cut_ = true;
  attributes_.clear();
}

void TagScanner::forget() noexcept {
  cut();
  position_ = 0;
}

Tag TagScanner::tag(std::string_view text, bool is_foreign) const noexcept {
  return {.element = element_,
          .self_closing = self_closing_,
          .is_foreign = is_foreign,
          .name = is_cut_ ? std::string_view{} : text.substr(name_, name_end_ - name_),
          .text = text.substr(0, position_),
          .attributes = attributes_};
}

}  // namespace nbcrawl::html
