#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nbcrawl {

/// Finds the end of one JSON value (RFC 8259) in bytes that come piece by piece, and holds its whole grammar against
/// them on the way: a fault is known at the byte where it stands, and what reads the text later may take it as valid.
/// No byte is looked at twice and nothing recurses. Not checked: that strings are UTF-8, and surrogates in escapes.
class JsonScanner {
 public:
  enum class Status : std::uint8_t {
    incomplete,  ///< all bytes are taken, the value goes on
    complete,    ///< the value has ended
    invalid,     ///< the next byte can't stand there; see expected()
    too_deep,    ///< the next byte would open more than max_depth levels
  };
  struct Progress {
    Status status;
    std::size_t taken;  ///< bytes that belong to the value and are in order
  };

  explicit JsonScanner(std::size_t max_depth) noexcept : max_depth_(max_depth) {}

  /// Makes it ready for another value, which begins with the next byte scanned.
  void reset() noexcept;
  /// Goes on with the bytes that follow those taken so far. A number ends only at a byte that is no part of it.
  Progress scan(std::string_view bytes);
  /// What may stand behind the bytes taken, e.g. "',' or '}'". Static storage.
  [[nodiscard]] std::string_view expected() const noexcept;

 private:
  enum class State : std::uint8_t {
    value,
    value_or_end,  // after "["
    name,          // after "," in an object
    name_or_end,   // after "{"
    colon,
    separator,  // after a value inside an object or array
    string,
    escape,
    hex_digits,  // after "\u"
    literal,
    minus,
    zero,
    integer,
    point,
    fraction,
    exponent,
    exponent_sign,
    exponent_digits,
    complete,
  };

  [[nodiscard]] bool between_tokens() const noexcept { return state_ <= State::separator; }
  [[nodiscard]] bool number_may_end() const noexcept;
  void end_value() noexcept { state_ = open_.empty() ? State::complete : State::separator; }

  // Each takes one byte; incomplete: it was in order.
  Status take(char byte);
  Status take_value(char byte);
  Status take_name(char byte) noexcept;
  Status take_separator(char byte) noexcept;
  Status take_in_string(char byte) noexcept;
  Status take_escape(char byte) noexcept;
  Status take_literal(char byte) noexcept;
  Status take_number(char byte) noexcept;
  Status open(char byte, State inside);
  Status close() noexcept;
  Status enter(State next) noexcept;

  std::size_t max_depth_;
  std::string open_;  // "{" and "[" that are not closed yet, outermost first
  State state_ = State::value;
  bool string_is_name_ = false;
  std::uint8_t hex_digits_left_ = 0;
  std::string_view literal_left_;
};

}  // namespace nbcrawl
