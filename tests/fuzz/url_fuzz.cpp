// Any bytes, parsed as a URL and resolved against one. The first line is the base where there is more than one.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz_input.hpp"
#include "nbcrawl/url.hpp"
#include "url/url_parser.hpp"

namespace {

using nbcrawl::Result;
using nbcrawl::Url;

bool is_printable_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

void check(const Result<Url>& url) {
  if (!url) {
    require(url.error().kind == nbcrawl::ErrorKind::invalid_url ||
            url.error().kind == nbcrawl::ErrorKind::unsupported_scheme);
    require(!url.error().detail.empty() && url.error().detail.size() < 1024);
    return;
  }
  require(is_printable_ascii(url->href()) && is_printable_ascii(url->username()) &&
          is_printable_ascii(url->password()));
  require(!url->hostname().empty() && url->port() != 0 && url->path().starts_with('/'));
  require(url->host().find_first_of("/\\?#@") == std::string_view::npos);

  const Result<Url> again = Url::parse(url->href());
  require(again.has_value() && again->href() == url->href() && again->origin() == url->origin());
  require(again->request_target() == url->request_target() && again->fragment() == url->fragment());
  require(again->username().empty() && again->password().empty());
  const Result<Url> full = nbcrawl::whatwg::UrlParser::parse(url->href(), nullptr);
  require(full.has_value() && *full == *again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  check(Url::parse(input));

  const std::size_t newline = input.find('\n');
  const Result<Url> base = Url::parse(newline == std::string_view::npos ? "https://user:pw@example.org:8443/a/b?q#f"
                                                                        : input.substr(0, newline));
  check(base);
  if (base) check(base->resolve(input.substr(newline + 1)));  // npos + 1 is 0: all of it
  return 0;
}
