#include "http/cookie.hpp"

#include <utility>

#include "base/ascii.hpp"
#include "http/public_suffix.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {

namespace {

/// The folder of a URL's path (section 5.1.4).
std::string_view default_path(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string_view::npos ? std::string_view("/") : path.substr(0, slash);
}

bool starts_ignoring_case(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() && equals_ignoring_case(text.substr(0, prefix.size()), prefix);
}

/// Sets the domain; false: a server at `host` may not set cookies for what it asked for.
bool set_domain(Cookie& cookie, std::string_view host, std::string_view asked) {
  cookie.domain = host;
  if (asked.empty()) return true;
  const bool shared = !is_address(host) && !is_public_suffix(asked);
  if (asked == host) {
    // A trailing dot is another name to some and the same to others: nothing is shared below one.
    cookie.host_only = !shared || host.ends_with('.');
    return true;
  }
  // What is not ASCII can't match a host, which is in its ASCII form.
  if (!shared || !host.ends_with(asked) || host[host.size() - asked.size() - 1] != '.') return false;
  if (asked.ends_with('.') || asked.starts_with('.')) return false;
  cookie.host_only = false;
  cookie.domain = asked;
  return true;
}

}  // namespace

bool is_address(std::string_view host) noexcept {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  // A host that ends in a number was parsed as an IPv4 address (WHATWG URL, "ends in a number checker").
  return host.starts_with('[') || all_digits(last);
}

bool path_matches(std::string_view path, std::string_view cookie_path) noexcept {
  if (!path.starts_with(cookie_path)) return false;
  return path.size() == cookie_path.size() || cookie_path.ends_with('/') || path[cookie_path.size()] == '/';
}

bool Cookie::goes_to(const Url& url) const noexcept {
  return (!host_only || url.host() == domain) && (!secure || url.is_https()) && path_matches(url.path(), path);
}

bool keeps_promise_of_name(const Cookie& cookie) noexcept {
  constexpr std::string_view secure_prefix = "__Secure-";
  constexpr std::string_view host_prefix = "__Host-";
  if (cookie.name.empty()) {
    return !starts_ignoring_case(cookie.value, secure_prefix) && !starts_ignoring_case(cookie.value, host_prefix);
  }
  if (starts_ignoring_case(cookie.name, secure_prefix)) return cookie.secure;
  if (starts_ignoring_case(cookie.name, host_prefix)) return cookie.secure && cookie.host_only && cookie.path == "/";
  return true;
}

std::optional<Cookie> cookie_from(const Url& url, SetCookie asked) {
  Cookie cookie{.name = std::move(asked.name),
                .value = std::move(asked.value),
                .path = std::move(asked.path),
                .expires = asked.expires,
                .secure = asked.secure,
                .http_only = asked.http_only};
  if (!set_domain(cookie, url.host(), asked.domain)) return std::nullopt;
  if (cookie.secure && !url.is_https()) return std::nullopt;
  // Before a path is filled in: __Host- wants it given.
  if (!keeps_promise_of_name(cookie)) return std::nullopt;
  if (cookie.path.empty()) cookie.path = default_path(url.path());
  if (cookie.path.size() > max_cookie_attribute_bytes || cookie.path.contains('\t')) return std::nullopt;
  return cookie;
}

}  // namespace nbcrawl
