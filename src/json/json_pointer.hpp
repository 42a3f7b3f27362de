#pragma once

#include <optional>
#include <string_view>

namespace nbcrawl {

/// Whether a text is a JSON pointer (RFC 6901): empty, or "/" before each token, in which "~0" is "~" and "~1" is "/".
[[nodiscard]] bool is_json_pointer(std::string_view pointer) noexcept;

/// The value that a pointer leads to, as it is written in `json`, a text that JsonScanner has accepted. Of members with
/// one name the last counts. nullopt: there is none.
[[nodiscard]] std::optional<std::string_view> find_by_pointer(std::string_view json, std::string_view pointer);

}  // namespace nbcrawl
