#pragma once

#include <algorithm>
#include <string_view>

#include "base/ascii.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {

/// tchar (RFC 9110 section 5.6.2).
constexpr bool is_token_character(char c) noexcept {
  return is_alphanumeric(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

/// tchar+: what a method or a field name may be.
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

/// Free of CR, LF, NUL and other controls but tab (RFC 9110 section 5.5): nothing in it can end its line.
[[nodiscard]] constexpr bool is_field_value(std::string_view text) noexcept {
  return std::ranges::none_of(text,
                              [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

/// Whether a field tells where its message ends. Nobody but who writes the message may set it: two opinions on its
/// length are a request smuggled (RFC 9112 section 11.2).
[[nodiscard]] inline bool frames_message(std::string_view name) noexcept {
  return equals_ignoring_case(name, "content-length") || equals_ignoring_case(name, "transfer-encoding");
}

}  // namespace nbcrawl
