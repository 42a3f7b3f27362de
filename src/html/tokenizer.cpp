#include "html/tokenizer.hpp"

#include <algorithm>

#include "html/ascii.hpp"

namespace nbcrawl::html {
namespace {

constexpr std::size_t npos = std::string_view::npos;

enum class Match : std::uint8_t { no, yes, incomplete };

// Whether `text` begins with `prefix`; incomplete where it ends too early to tell.
Match match_prefix(std::string_view text, std::string_view prefix) {
  if (text.size() >= prefix.size()) return text.starts_with(prefix) ? Match::yes : Match::no;
  return prefix.starts_with(text) ? Match::incomplete : Match::no;
}

// Whether it begins with `open`, the name in any case, and what ends a tag's name.
Match match_tag(std::string_view text, std::string_view open, std::string_view name) {
  if (const Match opened = match_prefix(text, open); opened != Match::yes) return opened;
  text.remove_prefix(open.size());
  const std::size_t size = std::min(text.size(), name.size());
  if (!equals_lower(text.substr(0, size), name.substr(0, size))) return Match::no;
  if (text.size() <= name.size()) return Match::incomplete;
  const char end = text[name.size()];
  return is_whitespace(end) || end == '/' || end == '>' ? Match::yes : Match::no;
}

}  // namespace

void Tokenizer::feed(std::string_view piece) {
  if (held_.empty()) {
    held_ = piece.substr(run(piece, false));
  } else {
    held_ += piece;
    held_.erase(0, run(held_, false));
  }
}

void Tokenizer::finish() {
  run(held_, true);
  held_.clear();
}

std::size_t Tokenizer::run(std::string_view text, bool last) {
  std::size_t done = 0;
  while (done < text.size()) {
    const std::size_t size = step(text.substr(done), last);
    if (size == 0) break;
    done += size;
  }
  return done;
}

std::size_t Tokenizer::step(std::string_view rest, bool last) {
  switch (state_) {
    case State::data: return data(rest, last);
    case State::tag: return tag(rest, last);
    case State::comment_start: return comment_start(rest, last);
    case State::comment: return comment(rest, last);
    case State::bogus_comment: return bogus_comment(rest);
    case State::raw_text: return raw_text(rest, last);
    case State::script_data: return script_data(rest, last);
    case State::script_data_escaped:
    case State::script_data_double_escaped: return script_data_escaped(rest, last);
    case State::plaintext: break;
  }
  return text(rest);
}

std::size_t Tokenizer::text(std::string_view raw) {
  TextKind kind = TextKind::data;
  if (state_ == State::raw_text && (raw_element_ == Element::title || raw_element_ == Element::textarea)) {
    kind = TextKind::rcdata;
  } else if (state_ != State::data) {
    kind = TextKind::raw;
  }
  if (!raw.empty()) reader_.text(raw, kind);
  return raw.size();
}

std::size_t Tokenizer::data(std::string_view rest, bool last) {
  const std::size_t tag = rest.find('<');
  return tag == 0 ? tag_open(rest, last) : text(rest.substr(0, tag));
}

std::size_t Tokenizer::tag_open(std::string_view rest, bool last) {
  if (rest.size() == 1) return last ? text(rest) : 0;
  const char c = rest[1];
  if (is_alpha(c)) {
    is_end_tag_ = false;
    return begin_tag(rest, 1, last);
  }
  if (c == '/') return end_tag_open(rest, last);
  if (c == '!') return markup_declaration_open(rest, last);
  if (c != '?') return text(rest.substr(0, 1));
  return begin_comment(State::bogus_comment, 1);
}

std::size_t Tokenizer::end_tag_open(std::string_view rest, bool last) {
  constexpr std::size_t size = 2;
  if (rest.size() == size) return last ? text(rest) : 0;
  if (is_alpha(rest[size])) {
    is_end_tag_ = true;
    return begin_tag(rest, size, last);
  }
  return begin_comment(State::bogus_comment, size);
}

std::size_t Tokenizer::markup_declaration_open(std::string_view rest, bool last) {
  constexpr std::string_view comment_begin = "<!--";
  const Match match = match_prefix(rest, comment_begin);
  if (match == Match::incomplete && !last) return 0;
  if (match == Match::yes) return begin_comment(State::comment_start, comment_begin.size());
  return begin_comment(State::bogus_comment, 2);
}

std::size_t Tokenizer::begin_comment(State state, std::size_t size) {
  reader_.comment();
  state_ = state;
  return size;
}

std::size_t Tokenizer::begin_tag(std::string_view rest, std::size_t name, bool last) {
  scanner_.begin(name);
  state_ = State::tag;
  return tag(rest, last);
}

std::size_t Tokenizer::tag(std::string_view rest, bool last) {
  if (scanner_.scan(rest)) {
    const std::size_t size = scanner_.size();
    report_tag(rest);
    return size;
  }
  const bool too_long = scanner_.is_cut() || rest.size() > max_tag_bytes;
  if (!too_long && !last) return 0;
  scanner_.forget();
  return rest.size();
}

void Tokenizer::report_tag(std::string_view rest) {
  const Tag tag = scanner_.tag(rest, foreign_depth_ > 0);
  const bool is_foreign_root = tag.element == Element::svg || tag.element == Element::math;
  state_ = State::data;
  if (is_end_tag_) {
    if (is_foreign_root && foreign_depth_ > 0) --foreign_depth_;
    reader_.end_tag(tag.element, tag.name);
    return;
  }
  enter_content(tag);
  if (is_foreign_root && !tag.self_closing) ++foreign_depth_;
  reader_.start_tag(tag);
}

void Tokenizer::enter_content(const Tag& tag) noexcept {
  if (tag.is_foreign && tag.self_closing) return;
  raw_element_ = tag.element;
  switch (tag.element) {
    case Element::title:
    case Element::textarea:
    case Element::style:
    case Element::xmp:
    case Element::iframe:
    case Element::noembed:
    case Element::noframes: state_ = State::raw_text; break;
    case Element::script: state_ = State::script_data; break;
    case Element::plaintext: state_ = State::plaintext; break;
    default: break;
  }
}

std::size_t Tokenizer::comment_start(std::string_view rest, bool last) {
  constexpr std::string_view abrupt = "->";
  const Match match = match_prefix(rest, abrupt);
  if (match == Match::incomplete && !last) return 0;
  state_ = rest.front() == '>' || match == Match::yes ? State::data : State::comment;
  if (state_ == State::comment) return comment(rest, last);
  return match == Match::yes ? abrupt.size() : 1;
}

std::size_t Tokenizer::comment(std::string_view rest, bool last) {
  constexpr std::size_t kept = std::string_view("--!").size();
  for (std::size_t end = rest.find('>'); end != npos; end = rest.find('>', end + 1)) {
    const std::string_view before = rest.substr(0, end);
    if (!before.ends_with("--") && !before.ends_with("--!")) continue;
    state_ = State::data;
    return end + 1;
  }
  return last ? rest.size() : rest.size() - std::min(kept, rest.size());
}

std::size_t Tokenizer::bogus_comment(std::string_view rest) {
  const std::size_t end = rest.find('>');
  if (end == npos) return rest.size();
  state_ = State::data;
  return end + 1;
}

// The text before a "<" that begins the appropriate end tag, or that might; then the tag.
std::size_t Tokenizer::text_before(std::string_view rest, std::size_t end_tag, bool last) {
  if (end_tag > 0) return text(rest.substr(0, end_tag));
  if (match_tag(rest, "</", name(raw_element_)) == Match::incomplete) return 0;
  is_end_tag_ = true;
  return begin_tag(rest, 2, last);
}

std::size_t Tokenizer::raw_text(std::string_view rest, bool last) {
  for (std::size_t at = rest.find('<'); at != npos; at = rest.find('<', at + 1)) {
    const Match match = match_tag(rest.substr(at), "</", name(raw_element_));
    if (match == Match::yes || (match == Match::incomplete && !last)) return text_before(rest, at, last);
  }
  return text(rest);
}

std::size_t Tokenizer::script_data(std::string_view rest, bool last) {
  constexpr std::string_view escape_start = "<!";
  for (std::size_t at = rest.find('<'); at != npos; at = rest.find('<', at + 1)) {
    const std::string_view from = rest.substr(at);
    const Match end = match_tag(from, "</", "script");
    if (end == Match::yes || (end == Match::incomplete && !last)) return text_before(rest, at, last);
    const Match escape = match_prefix(from, "<!--");
    if (escape == Match::incomplete && !last) return text(rest.substr(0, at));
    if (escape != Match::yes) continue;
    // The dashes are left: with a ">" behind them they end what they began.
    const std::size_t size = text(rest.substr(0, at + escape_start.size()));
    state_ = State::script_data_escaped;
    return size;
  }
  return text(rest);
}

// Inside <!-- in a script, where <script> and </script> come in pairs (HTML standard, sections 13.2.5.18 to 13.2.5.31).
std::size_t Tokenizer::script_data_escaped(std::string_view rest, bool last) {
  constexpr std::string_view escape_end = "-->";
  const bool is_double = state_ == State::script_data_double_escaped;
  for (std::size_t at = rest.find_first_of("-<"); at != npos; at = rest.find_first_of("-<", at + 1)) {
    const std::string_view from = rest.substr(at);
    if (from.front() == '<' && !is_double) {
      const Match end = match_tag(from, "</", "script");
      if (end == Match::yes || (end == Match::incomplete && !last)) return text_before(rest, at, last);
    }
    const std::string_view pair = is_double ? "</" : "<";
    const Match match = from.front() == '-' ? match_prefix(from, escape_end) : match_tag(from, pair, "script");
    if (match == Match::no) continue;
    if (match == Match::incomplete && !last) return text(rest.substr(0, at));
    if (match == Match::incomplete) continue;
    const std::size_t size = from.front() == '-' ? escape_end.size() : pair.size();
    text(rest.substr(0, at + size));
    if (from.front() == '-') {
      state_ = State::script_data;
    } else {
      state_ = is_double ? State::script_data_escaped : State::script_data_double_escaped;
    }
    return at + size;
  }
  return text(rest);
}

}  // namespace nbcrawl::html
