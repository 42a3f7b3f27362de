#include "http/request.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "base/ascii.hpp"
#include "base/field_syntax.hpp"
#include "http/basic_credentials.hpp"

namespace nbcrawl {

namespace {

Error refused(std::string what, std::string_view text) {
  return {
      .kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(what) + " '" + std::string(text) + "'"};
}

Result<> check(const Header& header) {
  if (!is_token(header.name)) return std::unexpected(refused("not a field name:", header.name));
  if (!is_field_value(header.value))
    return std::unexpected(refused("control character in the value of field", header.name));
  if (frames_message(header.name)) return std::unexpected(refused("a job may not set the field", header.name));
  return {};
}

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) noexcept {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view one) { return equals_ignoring_case(name, one); });
}

/// What tells of the body, and goes where it goes (the Fetch standard's request-body-header names).
bool is_about_body(std::string_view name) noexcept {
  return is_one_of(name, {"content-type", "content-encoding", "content-language", "content-location"});
}

/// What another origin may see of fields that a user set. Any other may hold a secret, whatever its name.
bool is_harmless(std::string_view name) noexcept {
  return is_about_body(name) || is_one_of(name, {"accept", "accept-language", "accept-encoding", "cache-control",
                                                 "pragma", "range", "user-agent", "dnt"});
}

bool is_for_proxy(std::string_view name) noexcept { return equals_ignoring_case(name, "proxy-authorization"); }

/// Whether a field that a user set goes with this request.
bool goes_with(const RequestHead& request, std::string_view name) noexcept {
  if (is_for_proxy(name) && (!request.to_proxy || !request.proxy_authorization.empty())) return false;
  return (!request.foreign || is_harmless(name)) && (!request.as_get || !is_about_body(name));
}

/// Authorization out of a URL; empty: none. As with curl, what a Location holds is for the server it names; the job's
/// own goes with it as long as it has not left its origin.
std::string authorization_of_urls(const RequestHead& request) {
  std::string value = basic_credentials(request.url);
  if (value.empty() && !request.foreign && request.job_url != nullptr) value = basic_credentials(*request.job_url);
  return value;
}

/// The values of all fields Cookie as one: a request has one at most (RFC 6265 section 5.4).
std::string cookies_of(const std::vector<Header>& headers) {
  std::string cookies;
  for (const Header& header : headers) {
    if (header.value.empty() || !equals_ignoring_case(header.name, "cookie")) continue;
    cookies.append(cookies.empty() ? "" : "; ").append(header.value);
  }
  return cookies;
}

std::string_view take_cookie(std::string_view& cookies) noexcept {
  const std::size_t end = std::min(cookies.find(';'), cookies.size());
  const std::string_view cookie = cookies.substr(0, end);
  cookies.remove_prefix(std::min(end + 1, cookies.size()));
  return cookie.substr(std::min(cookie.find_first_not_of(' '), cookie.size()));
}

bool has_cookie(std::string_view cookies, std::string_view name) noexcept {
  while (!cookies.empty()) {
    const std::string_view cookie = take_cookie(cookies);
    if (cookie.substr(0, cookie.find('=')) == name) return true;
  }
  return false;
}

/// Those that a user gave win over those of the same name that servers set.
std::string joined_cookies(std::string_view given, std::string_view kept) {
  std::string cookies(given);
  while (!kept.empty()) {
    const std::string_view cookie = take_cookie(kept);
    if (has_cookie(given, cookie.substr(0, cookie.find('=')))) continue;
    cookies.append(cookies.empty() ? "" : "; ").append(cookie);
  }
  return cookies;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

/// Names are in lower case there, no blanks are round a value, and what is about the connection is said by frames (RFC
/// 9113 section 8.2). The host stands in ":authority".
void append_field(Fields& out, std::string_view name, std::string_view value) {
  if (is_one_of(name, {"connection", "host", "keep-alive", "proxy-connection", "te", "upgrade", "http2-settings"}))
    return;
  out.add(to_lower_case(name), trim_blanks(value));
}

void append_fields(std::string& out, const std::string& fields) { out.append(fields); }

void append_fields(Fields& out, const Fields& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) out.add(fields[i].name, fields[i].value);
}

/// The value that the user gave to Host; empty: none.
std::string_view host_of(const std::vector<Header>& headers) noexcept {
  const auto host = std::find_if(headers.begin(), headers.end(),
                                 [](const Header& header) { return equals_ignoring_case(header.name, "host"); });
  return host != headers.end() ? std::string_view(host->value) : std::string_view();
}

}  // namespace

bool has_field(const std::vector<Header>& headers, std::string_view name) noexcept {
  return std::any_of(headers.begin(), headers.end(),
                     [name](const Header& header) { return equals_ignoring_case(header.name, name); });
}

bool is_idempotent(std::string_view method) noexcept {
  constexpr auto idempotent = std::to_array<std::string_view>({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"});
  return std::find(idempotent.begin(), idempotent.end(), method) != idempotent.end();
}

Result<RequestWriter> RequestWriter::create(std::string_view user_agent, const std::vector<Header>& headers,
                                            std::string_view credentials) {
  RequestWriter writer;
  for (const Header& header : headers) {
    const bool is_sent = !header.value.empty();  // else it only takes ours away
    if (is_sent && !equals_ignoring_case(header.name, "cookie")) writer.fields_.push_back(header);
  }
  writer.cookies_ = cookies_of(headers);
  if (!user_agent.empty() && !has_field(headers, "user-agent"))
    writer.fields_.push_back({.name = "User-Agent", .value = std::string(user_agent)});
  if (!has_field(headers, "accept")) writer.fields_.push_back({.name = "Accept", .value = "*/*"});
  if (!has_field(headers, "accept-encoding"))
    writer.fields_.push_back({.name = "Accept-Encoding", .value = "gzip, deflate, br, zstd"});
  if (!credentials.empty() && !has_field(headers, "authorization"))
    writer.fields_.push_back({.name = "Authorization", .value = basic_credentials(credentials)});
  for (const Header& field : writer.fields_) {
    if (auto good = nbcrawl::check(field); !good) return std::unexpected(std::move(good.error()));
    if (is_for_proxy(field.name)) continue;
    append_field(writer.block_, field.name, field.value);
    append_field(writer.http2_block_, field.name, field.value);
  }
  if (!writer.cookies_.empty()) {
    if (auto good = nbcrawl::check(Header{.name = "Cookie", .value = writer.cookies_}); !good)
      return std::unexpected(std::move(good.error()));
    append_field(writer.block_, "Cookie", writer.cookies_);
    append_field(writer.http2_block_, "Cookie", writer.cookies_);
  }
  return writer;
}

Result<> RequestWriter::check(const RequestHead& request) {
  // CONNECT asks for a tunnel, and what came through it would be taken for the answer.
  if (const std::string_view method = request.method(); !is_token(method) || method == "CONNECT")
    return std::unexpected(refused("not a method that a job can have:", method));
  if (request.url.href().empty())
    return std::unexpected(Error{.kind = ErrorKind::invalid_url, .phase = Phase::job, .detail = "the job has no URL"});
  if (request.options == nullptr) return {};
  for (const Header& header : request.options->headers) {
    if (auto good = nbcrawl::check(header); !good) return good;
  }
  return {};
}

void RequestWriter::write_head(std::string& out, const RequestHead& request) const {
  const std::string_view method = request.method();
  const std::string_view target = request.to_proxy ? request.url.href_without_fragment() : request.url.request_target();
  out.append(method).append(" ").append(target).append(" HTTP/1.1\r\n");
  const bool own_fields = request.options != nullptr && !request.options->headers.empty();
  const bool own_host =
      !request.foreign && (has_field(fields_, "host") || (own_fields && has_field(request.options->headers, "host")));
  if (!own_host) append_field(out, "Host", request.url.authority());
  if (request.to_proxy && !request.proxy_authorization.empty())
    append_field(out, "Proxy-Authorization", request.proxy_authorization);
  write_all_fields(out, block_, request);
  out.append("\r\n");
}

void RequestWriter::write_head(Fields& out, const RequestHead& request) const {
  std::string_view authority;
  if (!request.foreign) {
    if (request.options != nullptr) authority = host_of(request.options->headers);
    if (authority.empty()) authority = host_of(fields_);
  }
  out.add(":method", request.method());
  out.add(":scheme", request.url.is_https() ? "https" : "http");
  out.add(":authority", authority.empty() ? request.url.authority() : authority);
  out.add(":path", request.url.request_target());
  write_all_fields(out, http2_block_, request);
}

template <class Out>
void RequestWriter::write_all_fields(Out& out, const Out& prepared, const RequestHead& request) const {
  const std::string authorization = authorization_of_urls(request);
  const bool own_fields = request.options != nullptr && !request.options->headers.empty();
  const bool as_prepared = !own_fields && !request.foreign && !request.as_get && !request.to_proxy;
  if (as_prepared && authorization.empty() && request.cookies.empty()) {
    append_fields(out, prepared);
  } else {
    write_fields(out, request, authorization);
  }
  if (request.body_bytes) append_field(out, "Content-Length", std::to_string(*request.body_bytes));
}

template <class Out>
void RequestWriter::write_fields(Out& out, const RequestHead& request, const std::string& authorization) const {
  static const std::vector<Header> none;
  const std::vector<Header>& own = request.options != nullptr ? request.options->headers : none;
  const bool own_authorization = !request.foreign && has_field(own, "authorization");
  const bool from_url = !authorization.empty() && !own_authorization;
  for (const Header& field : fields_) {
    const bool replaced = has_field(own, field.name) || (from_url && equals_ignoring_case(field.name, "authorization"));
    if (!replaced && goes_with(request, field.name)) append_field(out, field.name, field.value);
  }
  for (const Header& header : own) {
    if (!header.value.empty() && goes_with(request, header.name) && !equals_ignoring_case(header.name, "cookie"))
      append_field(out, header.name, header.value);
  }
  write_cookies(out, request, own);
  if (from_url) append_field(out, "Authorization", authorization);
}

template <class Out>
void RequestWriter::write_cookies(Out& out, const RequestHead& request, const std::vector<Header>& own) const {
  std::string given = has_field(own, "cookie") ? cookies_of(own) : cookies_;
  if (request.foreign) {
    given.clear();
  } else if (given.empty() && has_field(own, "cookie")) {
    return;  // the job wants none
  }
  const std::string cookies = joined_cookies(given, request.cookies);
  if (!cookies.empty()) append_field(out, "Cookie", cookies);
}

}  // namespace nbcrawl
