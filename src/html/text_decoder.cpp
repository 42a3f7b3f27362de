#include "html/text_decoder.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "html/character_reference.hpp"

namespace nbcrawl::html {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

// The bytes that may not stand for themselves.
constexpr std::array<bool, 256> special = [] {
  std::array<bool, 256> table{};
  table['&'] = table['\r'] = table['\0'] = true;
  return table;
}();

std::size_t find_special(std::string_view text, std::size_t from) {
  while (from < text.size() && !special[static_cast<unsigned char>(text[from])]) ++from;
  return from;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  const auto continuation = [&put, c](unsigned shift) { put(0x80U | ((c >> shift) & 0x3FU)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0U | (c >> 6U));
    continuation(0);
  } else if (c < 0x10000) {
    put(0xE0U | (c >> 12U));
    continuation(6);
    continuation(0);
  } else {
    put(0xF0U | (c >> 18U));
    continuation(12);
    continuation(6);
    continuation(0);
  }
}

struct Context {
  bool references;
  bool in_attribute;
  bool drops_nul;
  bool more;  // text may go on behind its end
};

// Appends the reference at the "&" that `raw` begins with, or that "&". Returns its size; 0: too few bytes to tell.
std::size_t append_reference(std::string_view raw, const Context& context, std::string& out) {
  const ReferenceMatch match =
      context.references ? match_reference(raw, context.in_attribute, context.more) : ReferenceMatch{};
  if (match.kind == ReferenceMatch::Kind::incomplete) return 0;
  if (match.kind == ReferenceMatch::Kind::none) {
    out += '&';
    return 1;
  }
  append_utf8(out, match.code_point);
  if (match.second_point != 0) append_utf8(out, match.second_point);
  return match.size;
}

// Appends what `raw` says up to an incomplete reference; returns how many bytes that took.
std::size_t append_decoded(std::string_view raw, const Context& context, std::string& out) {
  std::size_t done = 0;
  while (done < raw.size()) {
    const std::size_t next = find_special(raw, done);
    out.append(raw, done, next - done);
    done = next;
    if (done == raw.size()) break;
    if (raw[done] == '&') {
      const std::size_t size = append_reference(raw.substr(done), context, out);
      if (size == 0) break;
      done += size;
    } else if (raw[done] == '\r') {
      out += '\n';
      done += raw.substr(done).starts_with("\r\n") ? 2 : 1;
    } else {
      if (!context.drops_nul) out += replacement;
      ++done;
    }
  }
  return done;
}

Context context_of(TextKind kind, bool more) {
  return {
      .references = kind != TextKind::raw, .in_attribute = false, .drops_nul = kind == TextKind::data, .more = more};
}

// Keeps a numeric reference that is fed digit by digit short: leading zeros say nothing, and eight other digits are
// too much in either base.
void shorten_numeric(std::string& held) {
  constexpr std::size_t most_digits = 8;
  if (!held.starts_with("&#")) return;
  const std::size_t first_digit = held.size() > 2 && (held[2] == 'x' || held[2] == 'X') ? 3 : 2;
  const std::size_t significant = std::min(held.find_first_not_of('0', first_digit), held.size());
  if (significant > first_digit + 1) held.erase(first_digit + 1, significant - first_digit - 1);
  held.resize(std::min(held.size(), first_digit + 1 + most_digits));
}

}  // namespace

bool TextDecoder::is_plain(std::string_view raw) const noexcept {
  return held_.empty() && !after_cr_ && find_special(raw, 0) == raw.size();
}

void TextDecoder::decode(std::string_view raw, TextKind kind, std::string& out) {
  constexpr std::size_t step = 40;  // longer than any named reference
  if (raw.empty()) return;
  if (after_cr_ && raw.front() == '\n') raw.remove_prefix(1);
  after_cr_ = raw.ends_with('\r');
  kind_ = kind;
  while (!held_.empty() && !raw.empty()) {
    std::size_t size = std::min(step, raw.size());
    if (raw.substr(size - 1).starts_with("\r\n")) ++size;
    held_.append(raw.substr(0, size));
    raw.remove_prefix(size);
    held_.erase(0, append_decoded(held_, context_of(kind, true), out));
    shorten_numeric(held_);
  }
  held_.append(raw.substr(append_decoded(raw, context_of(kind, true), out)));
  shorten_numeric(held_);
}

void TextDecoder::finish(std::string& out) {
  append_decoded(held_, context_of(kind_, false), out);
  held_.clear();
  after_cr_ = false;
}

std::string_view decode_attribute(std::string_view raw, std::string& buffer) {
  if (find_special(raw, 0) == raw.size()) return raw;
  buffer.clear();
  append_decoded(raw, {.references = true, .in_attribute = true, .drops_nul = false, .more = false}, buffer);
  return buffer;
}

}  // namespace nbcrawl::html
