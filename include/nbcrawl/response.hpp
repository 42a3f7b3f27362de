#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nbcrawl/fields.hpp"
#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// A finished response: status line, fields, and the body, transfer and content codings removed.
/// Handed to callbacks by const reference; it lives until the callback's results are written.
struct Response {
  int status = 0;
  int version_major = 1;
  int version_minor = 1;
  std::string reason = {};  ///< as sent; may be empty (RFC 9112 section 4)
  Url url = {};             ///< where it came from
  Fields fields = {};
  Fields trailers = {};          ///< field lines after a chunked body (RFC 9112 section 7.1.2)
  std::string body = {};         ///< empty where the job's callbacks do not need it in memory (see body_bytes)
  std::uint64_t body_bytes = 0;  ///< size of the body, kept in memory or not
  std::string charset = {};      ///< encoding label the job insists on, or empty

  /// The body as UTF-8. The encoding is `label` (a WHATWG label such as "gb2312"), else the job's `charset`, else a
  /// byte order mark, else Content-Type, else the page's own <meta>, else detected; what can't be decoded becomes
  /// U+FFFD.
  [[nodiscard]] std::string text(std::string_view label = {}) const;
};

}  // namespace nbcrawl
