#pragma once

#include <string>
#include <string_view>

#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// The value of Authorization for "USER:PASSWORD", taken as it is: UTF-8 (RFC 7617 section 2).
[[nodiscard]] std::string basic_credentials(std::string_view user_and_password);

/// The same for a URL's user name and password, percent-decoded; empty where it has neither.
[[nodiscard]] std::string basic_credentials(const Url& url);

}  // namespace nbcrawl
