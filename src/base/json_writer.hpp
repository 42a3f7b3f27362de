#pragma once

#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace nbcrawl {

/// Appends JSON text (RFC 8259) to a string, value by value, without white space. Commas are put where they belong;
/// that names and values alternate, and that what is opened is closed, is up to the caller.
///
/// Whatever bytes a string holds, the text is valid UTF-8 on one line and harmless to a terminal: U+FFFD stands for
/// what is not UTF-8, and controls (C0, DEL, C1) as well as U+2028 and U+2029 are escaped.
class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) noexcept : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  /// The name of the member whose value comes next.
  void name(std::string_view name);

  void string(std::string_view bytes);
  /// A string that stands for the bytes in base64, with padding (RFC 4648 section 4).
  void base64(std::string_view bytes);
  template <std::integral Integer>
  void integer(Integer value);
  /// A number of seconds with six decimals; not negative.
  void seconds(std::chrono::microseconds value);
  void boolean(bool value) { literal(value ? "true" : "false"); }
  void null() { literal("null"); }
  /// A value that is JSON already. Line breaks between its tokens become blanks, and its strings are made harmless as
  /// those of string() are.
  void raw(std::string_view json);

 private:
  void separate() {
    if (needs_comma_) out_ += ',';
    needs_comma_ = true;
  }
  void open(char bracket) {
    separate();
    out_ += bracket;
    needs_comma_ = false;
  }
  void close(char bracket) {
    out_ += bracket;
    needs_comma_ = true;
  }
  void literal(std::string_view json);
  void append_quoted(std::string_view bytes);

  std::string& out_;
  bool needs_comma_ = false;
};

template <std::integral Integer>
void JsonWriter::integer(Integer value) {
  separate();
  std::array<char, 24> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out_.append(digits.data(), end);
}

}  // namespace nbcrawl
