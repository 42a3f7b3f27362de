#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "http/set_cookie.hpp"
#include "nbcrawl/url.hpp"

namespace nbcrawl {

/// A cookie and where it may be sent (RFC 6265bis section 5.7).
struct Cookie {
  std::string name;
  std::string value;
  std::string domain;  ///< lower case, without a leading dot
  std::string path;
  std::optional<std::chrono::sys_seconds> expires;  ///< nullopt: with the session
  bool host_only = true;                            ///< to this very host; else to all below it too
  bool secure = false;                              ///< over https only
  bool http_only = false;                           ///< means nothing to us, and is kept for others that read the file

  [[nodiscard]] bool is_expired(std::chrono::sys_seconds now) const noexcept { return expires && *expires <= now; }
  /// Whether it goes with a request for this URL, whose host is, or is below, `domain`.
  [[nodiscard]] bool goes_to(const Url& url) const noexcept;
};

/// The cookie that a server at this URL may set; nullopt: it may not set such a one (section 5.7, steps 7 to 21).
[[nodiscard]] std::optional<Cookie> cookie_from(const Url& url, SetCookie asked);

/// Whether a name's prefix promises nothing that the cookie does not keep (section 4.1.3): __Secure- and __Host-, in
/// any case, also at the start of the value of a cookie without a name.
[[nodiscard]] bool keeps_promise_of_name(const Cookie& cookie) noexcept;

/// Whether a request for this path gets the cookies of `cookie_path` (section 5.1.4).
[[nodiscard]] bool path_matches(std::string_view path, std::string_view cookie_path) noexcept;

/// Whether a host is an address: cookies of addresses are never another host's.
[[nodiscard]] bool is_address(std::string_view host) noexcept;

}  // namespace nbcrawl
