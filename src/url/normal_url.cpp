#include <cstdint>
#include <string_view>

#include "url/code_points.hpp"
#include "url/idna.hpp"
#include "url/ipv4.hpp"
#include "url/url_parser.hpp"

namespace nbcrawl::whatwg {
namespace {

constexpr ByteSet host_needs_parsing = forbidden_domain_code_point | non_ascii | ascii_upper_alpha;
constexpr ByteSet segment_needs_parsing = path_percent_encode_set | solidus;

// Whether it is four numbers below 256 in the fewest digits: the one form of an IPv4 address that is its own
// serialisation.
bool is_serialized_ipv4(std::string_view host) {
  for (int part = 0; part < 4; ++part) {
    std::size_t digits = 0;
    unsigned value = 0;
    for (; digits < host.size() && digits < 3 && is_digit(host[digits]); ++digits) {
      value = value * 10 + static_cast<unsigned>(host[digits] - '0');
    }
    if (digits == 0 || value > 255 || (digits > 1 && host.front() == '0')) return false;
    host.remove_prefix(digits);
    if (part == 3) break;
    if (!host.starts_with('.')) return false;
    host.remove_prefix(1);
  }
  return host.empty();
}

bool is_serialized_host(std::string_view host) {
  if (host.empty() || host.size() > max_host_bytes) return false;
  return !ends_in_a_number(host) || is_serialized_ipv4(host);
}

// Of the serialised port, without its ":", that begins at `from`, moved past it; 0 where there is none.
std::uint32_t scan_port(std::string_view input, std::size_t& from) {
  std::uint32_t port = 0;
  const std::size_t begin = from;
  for (; from < input.size() && from - begin < 5 && is_digit(input[from]); ++from) {
    port = port * 10 + static_cast<std::uint32_t>(input[from] - '0');
  }
  const bool serialized = from > begin && input[begin] != '0' && port <= UINT16_MAX;
  return serialized ? port : 0;
}

// The end of the path whose first "/" stands at `from`; npos where a segment is, or might be, a dot segment.
std::size_t scan_path(std::string_view input, std::size_t from) {
  while (from < input.size() && input[from] == '/') {
    ++from;
    if (from < input.size() && input[from] == '.') return std::string_view::npos;
    if (input.substr(from, 2) == "%2") return std::string_view::npos;
    from = find_in(input, segment_needs_parsing, from);
  }
  return from;
}

}  // namespace

bool UrlParser::parse_normal(std::string_view input, Url& url) {
  if (input.size() > max_url_bytes) return false;
  const bool https = input.starts_with("https://");
  if (!https && !input.starts_with("http://")) return false;
  const std::size_t host = https ? 8 : 7;
  const std::size_t host_end = find_in(input, host_needs_parsing, host);
  if (!is_serialized_host(input.substr(host, host_end - host))) return false;

  const std::uint32_t default_port = https ? 443 : 80;
  std::uint32_t port = default_port;
  std::size_t path = host_end;
  if (path < input.size() && input[path] == ':') {
    port = scan_port(input, ++path);
    if (port == 0 || port == default_port) return false;
  }
  if (path == input.size() || input[path] != '/') return false;
  const std::size_t query = scan_path(input, path);
  if (query == std::string_view::npos) return false;
  std::size_t fragment = query;
  if (query < input.size() && input[query] == '?') {
    fragment = find_in(input, special_query_percent_encode_set, query);
  }
  const bool has_fragment = fragment < input.size() && input[fragment] == '#';
  const std::size_t end = has_fragment ? find_in(input, fragment_percent_encode_set, fragment) : fragment;
  if (end != input.size()) return false;

  url.text_ = input;
  url.host_ = static_cast<std::uint32_t>(host);
  url.host_end_ = static_cast<std::uint32_t>(host_end);
  url.path_ = static_cast<std::uint32_t>(path);
  url.query_ = static_cast<std::uint32_t>(query);
  url.fragment_ = static_cast<std::uint32_t>(fragment);
  url.end_ = url.username_end_ = static_cast<std::uint32_t>(input.size());
  url.port_ = static_cast<std::uint16_t>(port);
  return true;
}

}  // namespace nbcrawl::whatwg
