#pragma once

#include <optional>
#include <string_view>

#include "nbcrawl/error.hpp"
#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// The request a redirect asks for.
struct Redirect {
  Url url;
  bool as_get = false;  ///< by GET and without a body, whatever the request before was
};

/// Whether a status asks for another URL (RFC 9110 section 15.4): 301, 302, 303, 307 or 308.
[[nodiscard]] bool is_redirect(int status) noexcept;

/// Where a redirect leads. `from` is the URL that answered, `method` that of its request. Error: bad_redirect,
/// where Location is no URL, or one that is neither http nor https.
[[nodiscard]] Result<Redirect> follow(const Url& from, std::string_view method, int status, std::string_view location);

}  // namespace nbcrawl
