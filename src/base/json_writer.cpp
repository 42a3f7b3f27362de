#include "base/json_writer.hpp"

#include <array>
#include <cstring>

#include "base/base64.hpp"
#include "base/hex.hpp"
#include "base/utf8.hpp"

namespace nbcrawl {

namespace {

constexpr std::string_view replacement_character = "\xEF\xBF\xBD";  // U+FFFD in UTF-8

/// ASCII that stands for itself in a string.
constexpr bool is_plain(char c) noexcept { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

std::size_t end_of_plain(std::string_view text, std::size_t at) noexcept {
  // Eight bytes at a time. Of a byte below 0x80, each term sets the top bit in the one case it looks for; a carry into
  // the next byte comes only from a byte that is special itself.
  constexpr std::uint64_t ones = 0x0101010101010101;
  for (; text.size() - at >= 8; at += 8) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    const std::uint64_t controls = bytes - ones * 0x20;
    const std::uint64_t deletes = bytes + ones;
    const std::uint64_t quotes = (bytes ^ (ones * '"')) - ones;
    const std::uint64_t backslashes = (bytes ^ (ones * '\\')) - ones;
    if (((bytes | controls | deletes | quotes | backslashes) & (ones * 0x80)) != 0) break;
  }
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

/// What RFC 8259 section 7 wants escaped, what moves a terminal's cursor, and what some readers take for the end of a
/// line.
constexpr bool must_escape(char32_t c) noexcept {
  return c < 0x20 || c == '"' || c == '\\' || (c >= 0x7F && c <= 0x9F) || c == 0x2028 || c == 0x2029;
}

void append_escape(std::string& out, char32_t c) {
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  out += "\\u";
  append_hex(out, c, 4);
}

}  // namespace

void JsonWriter::name(std::string_view name) {
  separate();
  append_quoted(name);
  out_ += ':';
  needs_comma_ = false;
}

void JsonWriter::string(std::string_view bytes) {
  separate();
  append_quoted(bytes);
}

void JsonWriter::raw(std::string_view json) {
  separate();
  while (!json.empty()) {
    const CodePoint point = next_code_point(json);
    if (!point.valid) {
      out_ += replacement_character;
    } else if (point.value < 0x20) {
      out_ += ' ';  // in valid JSON it stands between tokens only
    } else if (point.value >= 0x7F && must_escape(point.value)) {
      append_escape(out_, point.value);  // in valid JSON it stands within strings only
    } else {
      out_.append(json.substr(0, point.size));
    }
    json.remove_prefix(point.size);
  }
}

void JsonWriter::literal(std::string_view json) {
  separate();
  out_.append(json);
}

void JsonWriter::seconds(std::chrono::microseconds value) {
  integer(value.count() / 1'000'000);
  std::array<char, 7> fraction{'.'};
  auto rest = value.count() % 1'000'000;
  for (std::size_t i = 6; i > 0; --i, rest /= 10) fraction[i] = static_cast<char>('0' + rest % 10);
  out_.append(fraction.data(), fraction.size());
}

void JsonWriter::base64(std::string_view bytes) {
  separate();
  out_ += '"';
  append_base64(out_, bytes);
  out_ += '"';
}

void JsonWriter::append_quoted(std::string_view bytes) {
  out_ += '"';
  std::size_t begin = 0;  // of what stands for itself and is not appended yet
  std::size_t at = end_of_plain(bytes, 0);
  while (at < bytes.size()) {
    const CodePoint point = next_code_point(bytes.substr(at));
    if (!point.valid || must_escape(point.value)) {
      out_.append(bytes.substr(begin, at - begin));
      if (point.valid) {
        append_escape(out_, point.value);
      } else {
        out_ += replacement_character;
      }
      begin = at + point.size;
    }
    at += point.size;
    if (at < bytes.size() && is_plain(bytes[at])) at = end_of_plain(bytes, at);
  }
  out_.append(bytes.substr(begin));
  out_ += '"';
}

}  // namespace nbcrawl
