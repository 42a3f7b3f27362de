#pragma once

#include <cstdint>
#include <string_view>

#include "nbcrawl/url.hpp"

namespace nbcrawl::test {

/// An input and the serialised URL it stands for.
struct Accepted {
  std::string_view input;
  std::string_view href;
};

/// An input that is refused, and why (the end of the error's detail).
struct Refused {
  std::string_view input;
  std::string_view reason;
  ErrorKind kind = ErrorKind::invalid_url;
};

/// Requires that `url` is `href`: that each accessor returns what a plain split of `href` yields, that parsing it again
/// changes nothing, and that no byte of it could break a request line or a header.
void check_url(const Url& url, std::string_view href);

/// Requires what the case says of Url::parse.
void check(const Accepted& accepted);
void check(const Refused& refused);

/// Requires what the case says of resolving its input against `base`.
void check_resolved(std::string_view base, const Accepted& accepted);

}  // namespace nbcrawl::test
