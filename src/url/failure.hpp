#pragma once

#include <expected>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl::whatwg {

/// Why a URL is refused. `reason` is the end of a sentence that begins with the URL, has static storage, and quotes
/// nothing of the input, so it can't leak a password.
struct Failure {
  ErrorKind kind = ErrorKind::invalid_url;
  std::string_view reason;
};

template <class T = void>
using Parsed = std::expected<T, Failure>;

inline std::unexpected<Failure> invalid(std::string_view reason) {
  return std::unexpected(Failure{.kind = ErrorKind::invalid_url, .reason = reason});
}

/// The error value for a refused `input`. Its detail shows the input without user name and password, shortened, and
/// with everything escaped that is not printable.
[[nodiscard]] Error refusal(std::string_view input, const Failure& failure);

}  // namespace nbcrawl::whatwg
