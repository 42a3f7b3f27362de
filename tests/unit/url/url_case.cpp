#include "url_case.hpp"

#include <algorithm>
#include <string>

#include "catch2_shim.hpp"
#include "url/url_parser.hpp"

namespace nbcrawl::test {
namespace {

// A serialised URL split with string searches only, to hold against the offsets that the parser keeps.
struct Split {
  std::string_view scheme, origin, authority, host, path, query, request_target, fragment, without_fragment;
  unsigned port = 0;
};

Split split(std::string_view href) {
  Split parts;
  const std::size_t hash = std::min(href.find('#'), href.size());
  parts.without_fragment = href.substr(0, hash);
  parts.fragment = href.substr(std::min(hash + 1, href.size()));
  const std::size_t separator = href.find("://");
  parts.scheme = href.substr(0, separator);
  const std::size_t slash = href.find('/', separator + 3);
  parts.origin = href.substr(0, slash);
  parts.authority = parts.origin.substr(separator + 3);
  parts.request_target = parts.without_fragment.substr(slash);
  const std::size_t question = std::min(parts.request_target.find('?'), parts.request_target.size());
  parts.path = parts.request_target.substr(0, question);
  parts.query = parts.request_target.substr(std::min(question + 1, parts.request_target.size()));
  const std::size_t colon = parts.authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && !parts.authority.ends_with(']');
  parts.host = parts.authority.substr(0, has_port ? colon : parts.authority.size());
  const unsigned default_port = parts.scheme == "https" ? 443 : 80;
  parts.port =
      has_port ? static_cast<unsigned>(std::stoul(std::string(parts.authority.substr(colon + 1)))) : default_port;
  return parts;
}

void check_parts(const Url& url, std::string_view href) {
  const Split parts = split(href);
  CHECK(url.href() == href);
  CHECK(url.href_without_fragment() == parts.without_fragment);
  CHECK(url.scheme() == parts.scheme);
  CHECK(url.is_https() == (parts.scheme == "https"));
  CHECK(url.origin() == parts.origin);
  CHECK(url.authority() == parts.authority);
  CHECK(url.host() == parts.host);
  CHECK(url.is_ipv6_literal() == parts.host.starts_with('['));
  CHECK(url.hostname() == (url.is_ipv6_literal() ? parts.host.substr(1, parts.host.size() - 2) : parts.host));
  CHECK(url.port() == parts.port);
  CHECK(url.path() == parts.path);
  CHECK(url.query() == parts.query);
  CHECK(url.request_target() == parts.request_target);
  CHECK(url.fragment() == parts.fragment);
}

}  // namespace

void check_url(const Url& url, std::string_view href) {
  check_parts(url, href);
  for (const char c : url.href()) CHECK((c > ' ' && c < '\x7f'));
  const Result<Url> again = Url::parse(href);
  REQUIRE(again);
  check_parts(*again, href);
  const Result<Url> without_fast_path = whatwg::UrlParser::parse(href, nullptr);
  REQUIRE(without_fast_path);
  CHECK(*again == *without_fast_path);
}

void check(const Accepted& accepted) {
  INFO("input: " << accepted.input);
  const Result<Url> url = Url::parse(accepted.input);
  INFO("error: " << (url ? "" : url.error().detail));
  REQUIRE(url);
  check_url(*url, accepted.href);
}

void check(const Refused& refused) {
  INFO("input: " << refused.input);
  const Result<Url> url = Url::parse(refused.input);
  INFO("href: " << (url ? url->href() : ""));
  REQUIRE_FALSE(url);
  CHECK(url.error().kind == refused.kind);
  CHECK(url.error().phase == Phase::job);
  CHECK_THAT(url.error().detail, Catch::Matchers::EndsWith(std::string(refused.reason)));
}

void check_resolved(std::string_view base, const Accepted& accepted) {
  INFO("base: " << base << " reference: " << accepted.input);
  const Result<Url> base_url = Url::parse(base);
  REQUIRE(base_url);
  const Result<Url> url = base_url->resolve(accepted.input);
  INFO("error: " << (url ? "" : url.error().detail));
  REQUIRE(url);
  check_url(*url, accepted.href);
}

}  // namespace nbcrawl::test
