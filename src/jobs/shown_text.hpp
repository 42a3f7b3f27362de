#pragma once

#include <string>
#include <string_view>

namespace nbcrawl {

/// A byte as an error message about a job list shows it, e.g. "'}'", "end of line" or "byte 0xe2".
std::string shown(char byte);

/// A piece of the list as an error message shows it: its first 40 bytes or so.
std::string shown_piece(std::string_view text);

/// The type of a JSON value in words, e.g. "a list".
std::string_view shown_type(std::string_view json) noexcept;

/// A JSON value, shortened, or its type where it is an object or a list.
std::string shown_value(std::string_view json);

}  // namespace nbcrawl
