#include "jobs/job_parser.hpp"

#include <algorithm>
#include <cstddef>

#include "jobs/field_values.hpp"
#include "jobs/shown_text.hpp"
#include "json/json_items.hpp"
#include "url/proxy_url.hpp"

namespace nbcrawl {

std::optional<Fault> JobParser::parse_line(std::string_view line, Job& job) {
  if (auto fault = find_invalid_utf8(line)) return fault;
  auto url = Url::parse(line);
  if (!url) return Fault{0, std::move(url.error().detail)};
  // In a field it may be what the URL standard makes of it; here it is most likely another column, or another URL.
  const auto* const stray =
      std::ranges::find_if(line, [](char byte) { return static_cast<unsigned char>(byte) <= ' ' || byte == '\x7F'; });
  if (stray != line.end()) {
    return Fault{
        static_cast<std::size_t>(stray - line.begin()),
        "a URL holds no white space and no control character, got " + (*stray == '\r' ? "byte 0x0d" : shown(*stray))};
  }
  job.url = *std::move(url);
  return std::nullopt;
}

std::optional<Fault> JobParser::parse_value(std::string_view json, Job& job) {
  if (auto fault = object_.read(json)) return fault;
  if (auto fault = read_url(object_, defaults_.url, job.url)) return fault;
  if (auto fault = read_id(job.id)) return fault;
  if (auto fault = read_callbacks(job.callbacks)) return fault;
  if (job.callbacks.empty()) job.callbacks = defaults_.callbacks;
  if (defaults_.options) job.options = std::make_unique<JobOptions>(*defaults_.options);
  return read_options(job.options);
}

std::optional<Fault> JobParser::set_defaults(std::string_view json) {
  if (auto fault = object_.read(json)) return fault;
  for (const JobField field : {JobField::url, JobField::host, JobField::path, JobField::id}) {
    if (object_.has(field)) return object_.fault(field, "has no default; it belongs in a job");
  }
  if (auto fault = read_url_defaults(defaults_.url)) return fault;
  if (auto fault = read_callbacks(defaults_.callbacks)) return fault;
  return read_options(defaults_.options);
}

std::optional<Fault> JobParser::read_url_defaults(UrlDefaults& defaults) const {
  if (object_.has(JobField::scheme)) {
    auto scheme = to_scheme(object_[JobField::scheme]);
    if (!scheme) return object_.bad_value(JobField::scheme);
    defaults.scheme = *std::move(scheme);
  }
  if (object_.has(JobField::port)) {
    const auto port = to_port(object_[JobField::port]);
    if (!port) return object_.bad_value(JobField::port);
    defaults.port = *port;
  }
  return std::nullopt;
}

std::optional<Fault> JobParser::read_id(std::string& id) const {
  if (!object_.has(JobField::id)) return std::nullopt;
  auto text = to_id(object_[JobField::id]);
  if (!text) return object_.bad_value(JobField::id);
  id = *std::move(text);
  return std::nullopt;
}

std::optional<Fault> JobParser::read_callbacks(std::vector<std::string>& callbacks) {
  if (!object_.has(JobField::callback)) return std::nullopt;
  auto names = to_names(object_[JobField::callback]);
  if (!names) return object_.bad_value(JobField::callback);
  if (checks_.callback) {
    for (const std::string& name : *names) {
      if (const auto known = checks_.callback(name); !known)
        return object_.fault(JobField::callback, known.error().detail);
    }
  }
  callbacks = *std::move(names);
  return std::nullopt;
}

std::optional<Fault> JobParser::read_options(std::unique_ptr<JobOptions>& options) {
  if (object_.has(JobField::body) && object_.has(JobField::body_file)) {
    return object_.fault(JobField::body_file, "\"body\" stands already; only one of them can be sent");
  }
  for (auto i = static_cast<std::size_t>(JobField::method); i < job_field_count; ++i) {
    const auto field = static_cast<JobField>(i);
    if (!object_.has(field)) continue;
    if (!options) options = std::make_unique<JobOptions>();
    if (auto fault = read_option(field, *options)) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> JobParser::read_option(JobField field, JobOptions& options) {
  const std::string_view value = object_[field];
  const auto set = [&](auto& option, auto converted) -> std::optional<Fault> {
    if (!converted) return object_.bad_value(field);
    option = *std::move(converted);
    return std::nullopt;
  };
  switch (field) {
    case JobField::method: return set(options.method, to_method(value));
    case JobField::headers: return read_headers(options.headers);
    case JobField::body: options.body_file.clear(); return set(options.body, to_string(value));
    case JobField::body_file: options.body.reset(); return read_name(field, checks_.body_file, options.body_file);
    case JobField::timeout: return set(options.timeout, to_duration(value));
    case JobField::connect_timeout: return set(options.connect_timeout, to_duration(value));
    case JobField::retry: return set(options.retries, to_count(value));
    case JobField::max_redirs: return set(options.max_redirects, to_count(value));
    case JobField::max_filesize: return set(options.max_body_bytes, to_size(value));
    case JobField::proxy: return read_proxy(options.proxy);
    case JobField::insecure: return set(options.insecure, to_bool(value));
    case JobField::charset: return read_name(field, checks_.charset, options.charset);
    case JobField::output: return read_name(field, checks_.output, options.output);
    case JobField::key: return set(options.key, to_name(value));
    case JobField::meta: return read_meta(options.meta);
    default: return std::nullopt;  // no option
  }
}

std::optional<Fault> JobParser::read_headers(std::vector<Header>& headers) const {
  const std::string_view value = object_[JobField::headers];
  if (type_of(value) != JsonType::object) return object_.bad_value(JobField::headers);
  auto fault = add_headers(value, headers);
  if (fault) fault->offset += object_.offset_of(value);
  return fault;
}

std::optional<Fault> JobParser::read_proxy(std::optional<std::string>& proxy) const {
  auto text = to_string(object_[JobField::proxy]);
  if (!text) return object_.fault(JobField::proxy, "expected " + std::string(values(JobField::proxy)));
  if (!text->empty()) {
    // Its detail is shown, not the value: that may hold a password.
    if (const auto good = ProxyUrl::parse(*text); !good) return object_.fault(JobField::proxy, good.error().detail);
  }
  proxy = *std::move(text);
  return std::nullopt;
}

std::optional<Fault> JobParser::read_name(JobField field, NameCheck& check, std::string& name) {
  auto given = to_name(object_[field]);
  if (!given) return object_.bad_value(field);
  if (check) {
    if (const auto known = check(*given); !known) return object_.fault(field, known.error().detail);
  }
  name = *std::move(given);
  return std::nullopt;
}

std::optional<Fault> JobParser::read_meta(std::string& meta) const {
  const std::string_view value = object_[JobField::meta];
  if (const auto flaw = find_flaw(value)) {
    const std::string_view what = flaw->duplicate ? "a name stands twice in one object: " : "half a surrogate pair in ";
    Fault fault = object_.fault(JobField::meta, std::string(what) + shown_piece(value.substr(flaw->offset)));
    fault.offset += flaw->offset;
    return fault;
  }
  meta = compact_json(value);
  return std::nullopt;
}

}  // namespace nbcrawl
