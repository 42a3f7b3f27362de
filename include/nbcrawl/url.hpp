#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

namespace whatwg {
class UrlParser;  // src/url
}

/// An absolute http or https URL, parsed once and then only read: the same value is filtered, dialled, sent as Host
/// and used as SNI. Parsing follows the WHATWG URL standard (https://url.spec.whatwg.org/, as of August 2026) for these
/// two schemes, and is stricter in this: port 0, a host of more than 1024 bytes and a URL of more than 1 MiB are
/// refused. Input should be UTF-8; in a host anything else is refused, elsewhere its bytes are percent-encoded as they
/// are, so that a link on a page in another charset still reaches the server unchanged.
///
/// A value type: copy and move freely. The views it returns live as long as the object is neither assigned nor moved.
class Url {
 public:
  /// An empty URL, only good for being assigned to: all its parts are empty, its port is 0.
  Url() = default;

  /// Parses an absolute URL. Errors: invalid_url; unsupported_scheme where it is some other scheme's. Their detail
  /// names the URL and the reason, and holds no user name and no password.
  static Result<Url> parse(std::string_view input);

  /// Parses `reference` relative to this URL, as a browser does with a link or a Location field. User
  /// name and password are inherited by a reference without a host. An empty URL resolves what is absolute. Errors: as
  /// parse().
  [[nodiscard]] Result<Url> resolve(std::string_view reference) const;

  /// Serialised, WITHOUT user name and password (they are secrets), with the fragment.
  [[nodiscard]] std::string_view href() const noexcept { return view(0, end_); }
  /// The same without the fragment: what identifies the page.
  [[nodiscard]] std::string_view href_without_fragment() const noexcept { return view(0, fragment_); }

  /// "http" or "https".
  [[nodiscard]] std::string_view scheme() const noexcept { return view(0, host_ - 3); }
  [[nodiscard]] bool is_https() const noexcept { return host_ == 8; }
  /// Scheme and authority, e.g. "http://example.org:8080": the key of a connection pool.
  [[nodiscard]] std::string_view origin() const noexcept { return view(0, path_); }
  /// host[:port], the port only where it is not the scheme's default: the Host field (RFC 9110 section 7.2).
  [[nodiscard]] std::string_view authority() const noexcept { return view(host_, path_); }
  /// Lower case, punycode; an IPv6 literal keeps its brackets.
  [[nodiscard]] std::string_view host() const noexcept { return view(host_, host_end_); }
  /// The host as a resolver wants it: an IPv6 literal without brackets.
  [[nodiscard]] std::string_view hostname() const noexcept {
    return is_ipv6_literal() ? view(host_ + 1, host_end_ - 1) : host();
  }
  [[nodiscard]] bool is_ipv6_literal() const noexcept { return host_end_ > host_ && text_[host_] == '['; }
  /// The effective port, never 0.
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// Starts with "/".
  [[nodiscard]] std::string_view path() const noexcept { return view(path_, query_); }
  /// Without the leading "?"; empty where there is none.
  [[nodiscard]] std::string_view query() const noexcept {
    return query_ < fragment_ ? view(query_ + 1, fragment_) : std::string_view{};
  }
  /// Path and query as they stand in a request line (RFC 9112 section 3.2.1, origin-form).
  [[nodiscard]] std::string_view request_target() const noexcept { return view(path_, fragment_); }
  /// Without the leading "#".
  [[nodiscard]] std::string_view fragment() const noexcept {
    return fragment_ < end_ ? view(fragment_ + 1, end_) : std::string_view{};
  }

  /// Percent-encoded as in the URL; secrets: keep them out of logs and records.
  [[nodiscard]] std::string_view username() const noexcept { return view(end_, username_end_); }
  [[nodiscard]] std::string_view password() const noexcept { return view(username_end_, text_.size()); }

  /// What it takes in memory: href, user name and password.
  [[nodiscard]] std::size_t size_bytes() const noexcept { return text_.size(); }

  friend bool operator==(const Url&, const Url&) = default;

 private:
  friend class whatwg::UrlParser;

  [[nodiscard]] std::string_view view(std::size_t begin, std::size_t end) const noexcept {
    return text_.empty() ? std::string_view{} : std::string_view(text_).substr(begin, end - begin);
  }

  // scheme://host:port/path?query#fragment, and behind it user name and password, in one block: a URL is moved with its
  // job many times. The parts are offsets into it.
  std::string text_;
  std::uint32_t host_ = 3;
  std::uint32_t host_end_ = 3;
  std::uint32_t path_ = 0;
  std::uint32_t query_ = 0;     // of "?", or == fragment_
  std::uint32_t fragment_ = 0;  // of "#", or == end_
  std::uint32_t end_ = 0;       // of the fragment; the user name begins here
  std::uint32_t username_end_ = 0;
  std::uint16_t port_ = 0;
};

}  // namespace nbcrawl
