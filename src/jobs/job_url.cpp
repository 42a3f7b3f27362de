#include "jobs/job_url.hpp"

#include <algorithm>
#include <utility>

#include "jobs/field_values.hpp"
#include "url/host_text.hpp"

namespace nbcrawl {
namespace {

/// Whether `host` is one, perhaps with a port: nothing in it may move the border between host and path or user name.
bool is_host(std::string_view host) noexcept {
  const auto is_border = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '/' || c == '\\' || c == '?' || c == '#' || c == '@';
  };
  return !host.empty() && std::ranges::none_of(host, is_border);
}

// Each adds its part to the text of the URL.

std::optional<Fault> add_scheme(const JobObject& object, const UrlDefaults& defaults, std::string& text) {
  if (!object.has(JobField::scheme)) {
    text += defaults.scheme;
    return std::nullopt;
  }
  const auto scheme = to_scheme(object[JobField::scheme]);
  if (!scheme) return object.bad_value(JobField::scheme);
  text += *scheme;
  return std::nullopt;
}

std::optional<Fault> add_port(const JobObject& object, std::uint16_t default_port, bool in_host, std::string& text) {
  std::uint16_t port = in_host ? std::uint16_t{0} : default_port;
  if (object.has(JobField::port)) {
    const auto given = to_port(object[JobField::port]);
    if (!given) return object.bad_value(JobField::port);
    if (in_host) return object.fault(JobField::port, "\"host\" gives a port already");
    port = *given;
  }
  if (port != 0) text.append(":").append(std::to_string(port));
  return std::nullopt;
}

std::optional<Fault> add_authority(const JobObject& object, std::uint16_t default_port, std::string& text) {
  std::string storage;
  const auto host = to_text(object[JobField::host], storage);
  if (!host || !is_host(*host)) return object.bad_value(JobField::host);
  const bool bare_ipv6 = is_bare_ipv6(*host);
  text.append(bare_ipv6 ? "[" : "").append(*host).append(bare_ipv6 ? "]" : "");
  return add_port(object, default_port, has_port(*host), text);
}

std::optional<Fault> add_path(const JobObject& object, std::string& text) {
  const bool in_url = object.has(JobField::url);
  if (in_url && object.has(JobField::path)) return object.fault(JobField::path, "\"url\" gives the path already");
  const JobField field = in_url ? JobField::url : JobField::path;
  if (!object.has(field)) return std::nullopt;
  std::string storage;
  const auto path = to_text(object[field], storage);
  if (path && in_url && !path->starts_with('/')) {
    return object.fault(field, "beside \"host\" it is the path and must begin with '/'");
  }
  if (!path || !path->starts_with('/')) return object.bad_value(field);
  text += *path;
  return std::nullopt;
}

std::optional<Fault> parse(const JobObject& object, JobField field, std::string_view text, Url& url) {
  auto parsed = Url::parse(text);
  if (!parsed) return object.fault(field, parsed.error().detail);
  url = *std::move(parsed);
  return std::nullopt;
}

std::optional<Fault> read_parts(const JobObject& object, const UrlDefaults& defaults, Url& url) {
  std::string text;
  text.reserve(object[JobField::host].size() + object[JobField::path].size() + 16);
  if (auto fault = add_scheme(object, defaults, text)) return fault;
  text += "://";
  if (auto fault = add_authority(object, defaults.port, text)) return fault;
  if (auto fault = add_path(object, text)) return fault;
  return parse(object, JobField::host, text, url);
}

}  // namespace

std::optional<Fault> read_url(const JobObject& object, const UrlDefaults& defaults, Url& url) {
  if (object.has(JobField::host)) return read_parts(object, defaults, url);
  for (const JobField part : {JobField::path, JobField::scheme, JobField::port}) {
    if (object.has(part)) return object.fault(part, "needs \"host\" beside it");
  }
  if (!object.has(JobField::url)) return Fault{0, "a job needs \"url\" or \"host\""};
  std::string storage;
  const auto text = to_text(object[JobField::url], storage);
  if (!text) return object.bad_value(JobField::url);
  if (text->starts_with('/')) {
    return object.fault(JobField::url, "a path needs \"host\" beside it");
  }
  return parse(object, JobField::url, *text, url);
}

std::optional<std::string> to_scheme(std::string_view json) {
  auto scheme = to_string(json);
  return scheme == "http" || scheme == "https" ? scheme : std::nullopt;
}

}  // namespace nbcrawl
