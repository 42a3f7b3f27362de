#include "url/url_parser.hpp"

#include <algorithm>
#include <string>

#include "url/code_points.hpp"
#include "url/host.hpp"
#include "url/path.hpp"
#include "url/percent_encoding.hpp"

namespace nbcrawl::whatwg {
namespace {

std::string_view strip_c0_controls_and_spaces(std::string_view input) {
  while (!input.empty() && is_in(input.front(), c0_control_or_space)) input.remove_prefix(1);
  while (!input.empty() && is_in(input.back(), c0_control_or_space)) input.remove_suffix(1);
  return input;
}

// Looks at every byte and has no early exit, so that the compiler can take many at a time.
bool has_tab_or_newline(std::string_view input) {
  bool found = false;
  for (const char c : input) found |= c == '\t' || c == '\n' || c == '\r';
  return found;
}

std::string_view skip_solidi(std::string_view input) {
  while (!input.empty() && is_in(input.front(), solidus)) input.remove_prefix(1);
  return input;
}

// Of the ":" that ends the scheme `input` begins with; npos where it begins with none.
std::size_t end_of_scheme(std::string_view input) {
  if (input.empty() || !is_alpha(input.front())) return std::string_view::npos;
  std::size_t end = 1;
  while (end < input.size() && (is_alpha(input[end]) || is_digit(input[end]) || input[end] == '+' ||
                                input[end] == '-' || input[end] == '.')) {
    ++end;
  }
  return end < input.size() && input[end] == ':' ? end : std::string_view::npos;
}

// Of the ":" before the port: the first one outside of brackets; input.size() where there is none.
std::size_t end_of_host(std::string_view input) {
  bool inside_brackets = false;
  for (std::size_t i = 0; i < input.size(); ++i) {
    if (input[i] == ':' && !inside_brackets) return i;
    if (input[i] == '[') inside_brackets = true;
    if (input[i] == ']') inside_brackets = false;
  }
  return input.size();
}

// The port state. No digits at all mean the scheme's default port.
Parsed<std::uint16_t> parse_port(std::string_view digits, std::uint16_t default_port) {
  if (digits.empty()) return default_port;
  unsigned port = 0;
  for (const char c : digits) {
    if (!is_digit(c)) return invalid("has a port that is no number");
    port = port * 10 + static_cast<unsigned>(c - '0');
    if (port > UINT16_MAX) return invalid("has a port above 65535");
  }
  // The standard lets port 0 pass, but no connection can be made to it.
  if (port == 0) return invalid("has port 0, which nothing can listen on");
  return static_cast<std::uint16_t>(port);
}

}  // namespace

Result<Url> UrlParser::parse(std::string_view input, const Url* base) {
  Result<Url> result(std::in_place);
  UrlParser parser(*result, base);
  Parsed<> done = invalid("is longer than 1 MiB");
  if (input.size() <= max_url_bytes) {
    std::string_view rest = strip_c0_controls_and_spaces(input);
    std::string without_newlines;
    if (has_tab_or_newline(rest)) {
      without_newlines = rest;
      std::erase_if(without_newlines, [](char c) { return is_in(c, tab_or_newline); });
      rest = without_newlines;
    }
    done = parser.scheme_start(rest);
    parser.append_userinfo();
    // Percent-encoding triples bytes: what is returned must be accepted when it is parsed again.
    if (done && result->end_ > max_url_bytes) done = invalid("is longer than 1 MiB when encoded");
  }
  if (!done) return std::unexpected(refusal(input, done.error()));
  return result;
}

// Scheme start state, scheme state, no scheme state, and those that tell relative from absolute.
Parsed<> UrlParser::scheme_start(std::string_view input) {
  url_.text_.reserve(input.size() + (base_ != nullptr ? base_->fragment_ : sizeof "https:///"));
  const std::size_t colon = end_of_scheme(input);
  if (colon == std::string_view::npos) {
    if (base_ == nullptr) return invalid("does not begin with http:// or https://");
    return relative(input);
  }
  const std::string_view scheme = input.substr(0, colon);
  const bool https = equals_lower(scheme, "https");
  if (!https && !equals_lower(scheme, "http")) {
    return std::unexpected(
        Failure{.kind = ErrorKind::unsupported_scheme, .reason = "begins with a scheme other than http and https"});
  }
  input.remove_prefix(colon + 1);
  if (base_ != nullptr && base_->is_https() == https && !input.starts_with("//")) return relative(input);
  return authority(https, input);
}

// Relative state and relative slash state.
Parsed<> UrlParser::relative(std::string_view input) {
  const bool slash = !input.empty() && is_in(input.front(), solidus);
  if (slash && input.size() > 1 && is_in(input[1], solidus)) return authority(base_->is_https(), input);
  inherit_authority();
  if (slash) {
    path(input.substr(1));
    return {};
  }
  if (input.empty() || input.front() == '#') {
    url_.text_ += base_->request_target();
    url_.query_ = base_->query_;
    fragment(input);
    return {};
  }
  url_.text_ += base_->path();
  if (input.front() == '?') {
    query(input);
    return {};
  }
  shorten_path(url_.text_, url_.path_);
  path(input);
  return {};
}

void UrlParser::inherit_authority() {
  username_ = base_->username();
  password_ = base_->password();
  url_.text_ += base_->origin();
  url_.host_ = base_->host_;
  url_.host_end_ = base_->host_end_;
  url_.port_ = base_->port_;
  url_.path_ = position();
}

// Special authority slashes state, special authority ignore slashes state and authority state.
Parsed<> UrlParser::authority(bool https, std::string_view input) {
  input = skip_solidi(input);
  url_.text_ += https ? "https://" : "http://";
  url_.host_ = position();
  const std::size_t end = find_in(input, end_of_authority);
  std::string_view host = input.substr(0, end);
  if (const std::size_t at = host.rfind('@'); at != std::string_view::npos) {
    userinfo(host.substr(0, at));
    host.remove_prefix(at + 1);
  }
  if (const Parsed<> parsed = host_and_port(https, host); !parsed) return parsed;
  url_.path_ = position();
  input.remove_prefix(end);
  if (!input.empty() && is_in(input.front(), solidus)) input.remove_prefix(1);
  path(input);
  return {};
}

void UrlParser::userinfo(std::string_view input) {
  const std::size_t colon = std::min(input.find(':'), input.size());
  append_percent_encoded(username_, input.substr(0, colon), userinfo_percent_encode_set);
  input.remove_prefix(std::min(colon + 1, input.size()));
  append_percent_encoded(password_, input, userinfo_percent_encode_set);
}

void UrlParser::append_userinfo() {
  url_.end_ = position();
  url_.text_ += username_;
  url_.username_end_ = position();
  url_.text_ += password_;
}

// Host state and port state.
Parsed<> UrlParser::host_and_port(bool https, std::string_view input) {
  const std::size_t colon = end_of_host(input);
  if (colon == 0) return invalid("has no host");
  if (const Parsed<> host = append_host(url_.text_, input.substr(0, colon)); !host) return host;
  url_.host_end_ = position();
  const std::uint16_t default_port = https ? 443 : 80;
  const Parsed<std::uint16_t> port = parse_port(input.substr(std::min(colon + 1, input.size())), default_port);
  if (!port) return std::unexpected(port.error());
  url_.port_ = *port;
  if (*port != default_port) {
    url_.text_ += ':';
    url_.text_ += std::to_string(*port);
  }
  return {};
}

// Path start state and path state; the slash before the first segment is taken already.
void UrlParser::path(std::string_view input) {
  const std::size_t end = find_in(input, end_of_path);
  append_path(url_.text_, url_.path_, input.substr(0, end));
  query(input.substr(end));
}

// Query state; `input` begins with "?", with "#", or not at all.
void UrlParser::query(std::string_view input) {
  url_.query_ = position();
  const std::size_t end = std::min(input.find('#'), input.size());
  append_percent_encoded(url_.text_, input.substr(0, end), special_query_percent_encode_set);
  fragment(input.substr(end));
}

// Fragment state; `input` begins with "#", or is empty.
void UrlParser::fragment(std::string_view input) {
  url_.fragment_ = position();
  append_percent_encoded(url_.text_, input, fragment_percent_encode_set);
}

}  // namespace nbcrawl::whatwg
