#include "jobs/job_parser.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/utf8.hpp"
#include "jobs/json_items.hpp"
#include "jobs/json_text.hpp"
#include "jobs/shown_text.hpp"

namespace nbcrawl {

/// The members of one object by field, as JSON text.
class JobParser::Values {
 public:
  static std::expected<Values, Fault> read(std::string_view object);

  /// Empty where the field is not given.
  std::string_view operator[](JobField field) const noexcept { return values_[static_cast<std::size_t>(field)]; }
  [[nodiscard]] bool has(JobField field) const noexcept { return !(*this)[field].empty(); }

  [[nodiscard]] std::size_t offset_of(std::string_view part) const noexcept {
    return static_cast<std::size_t>(part.data() - object_.data());
  }
  [[nodiscard]] Fault fault(JobField field, std::string message) const {
    return {.offset = offset_of((*this)[field]), .message = std::move(message)};
  }
  [[nodiscard]] Fault bad_value(JobField field) const {
    return fault(field, std::string(name(field)) + ": expected " + std::string(values(field)) + ", got " +
                            shown_value((*this)[field]));
  }
  /// For a name or URL that another part of the program refused.
  [[nodiscard]] Fault refused(JobField field, const Error& error) const {
    return fault(field, std::string(name(field)) + ": " + error.detail);
  }

 private:
  explicit Values(std::string_view object) noexcept : object_(object) {}
  std::optional<Fault> add(std::string_view written_name, std::string_view value);

  std::string_view object_;
  std::array<std::string_view, static_cast<std::size_t>(JobField::meta) + 1> values_{};
};

namespace {

std::optional<Fault> find_invalid_utf8(std::string_view text) {
  if (std::ranges::all_of(text, [](char byte) { return static_cast<signed char>(byte) >= 0; })) return std::nullopt;
  std::size_t offset = 0;
  while (offset < text.size()) {
    const CodePoint point = next_code_point(text.substr(offset));
    if (!point.valid) return Fault{offset, "invalid UTF-8: " + shown(text[offset])};
    offset += point.size;
  }
  return std::nullopt;
}

/// Whether `host` is one, perhaps with a port: nothing in it may move the border between host and path or user name.
bool is_host(std::string_view host) noexcept {
  constexpr std::string_view borders = "/\\?#@";
  const auto is_bad = [&](char c) {
    return static_cast<unsigned char>(c) <= ' ' || borders.find(c) != std::string_view::npos;
  };
  return !host.empty() && std::ranges::none_of(host, is_bad);
}

/// A string's text; `storage` keeps it where it has escapes.
std::optional<std::string_view> to_text(std::string_view json, std::string& storage) {
  if (type_of(json) != JsonType::string) return std::nullopt;
  return string_value(json, storage);
}

std::optional<std::string_view> to_scheme(std::string_view json) noexcept {
  if (json == R"("http")") return "http";
  if (json == R"("https")") return "https";
  return std::nullopt;
}

bool is_bare_ipv6(std::string_view host) noexcept { return host.front() != '[' && std::ranges::count(host, ':') > 1; }

bool has_port(std::string_view host) noexcept {
  return !is_bare_ipv6(host) && host.rfind(':') + 1 > host.rfind(']') + 1;
}

}  // namespace

std::expected<JobParser::Values, Fault> JobParser::Values::read(std::string_view object) {
  if (auto fault = find_invalid_utf8(object)) return std::unexpected(*std::move(fault));
  if (type_of(object) != JsonType::object) {
    return std::unexpected(Fault{0, "expected a job object, got " + shown_value(object)});
  }
  Values values(object);
  for (JsonItems items(object); items.next();) {
    if (auto fault = values.add(items.name(), items.value())) return std::unexpected(*std::move(fault));
  }
  return values;
}

std::optional<Fault> JobParser::Values::add(std::string_view written_name, std::string_view value) {
  std::string storage;
  const auto text = string_value(written_name, storage);
  const auto field = find_job_field(text.value_or(written_name));
  if (!field) return Fault{offset_of(written_name), field.error()};
  std::string_view& slot = values_[static_cast<std::size_t>(*field)];
  if (!slot.empty()) {
    const std::string_view hint = *field == JobField::callback ? " (\"backcall\" is \"callback\")" : "";
    return Fault{offset_of(written_name), "field \"" + std::string(*text) + "\" stands twice" + std::string(hint)};
  }
  slot = value;
  return std::nullopt;
}

std::expected<Job, Fault> JobParser::parse_line(std::string_view line) {
  if (auto fault = find_invalid_utf8(line)) return std::unexpected(*std::move(fault));
  auto url = Url::parse(line);
  if (!url) return std::unexpected(Fault{0, std::move(url.error().detail)});
  return Job{.url = *std::move(url)};
}

std::expected<Job, Fault> JobParser::parse_value(std::string_view json) {
  const auto values = Values::read(json);
  if (!values) return std::unexpected(values.error());
  auto url = parse_url(*values);
  if (!url) return std::unexpected(std::move(url.error()));
  Job job{.url = *std::move(url)};
  if (const std::string_view id = (*values)[JobField::id]; !id.empty()) {
    auto text = to_id(id);
    if (!text) return std::unexpected(values->bad_value(JobField::id));
    job.id = *std::move(text);
  }
  if (auto fault = read_callbacks(*values, job.callbacks)) return std::unexpected(*std::move(fault));
  if (job.callbacks.empty()) job.callbacks = callbacks_;
  if (options_) job.options = std::make_unique<JobOptions>(*options_);
  if (auto fault = read_options(*values, job.options)) return std::unexpected(*std::move(fault));
  // As with curl: a body makes a POST of a job that names no method.
  const bool has_method = has_method_ || values->has(JobField::method);
  if (job.options && !has_method && (job.options->body || !job.options->body_file.empty()))
    job.options->method = "POST";
  return job;
}

std::optional<Fault> JobParser::set_defaults(std::string_view json) {
  const auto values = Values::read(json);
  if (!values) return values.error();
  for (const JobField field : {JobField::url, JobField::host, JobField::path, JobField::id}) {
    if (values->has(field))
      return values->fault(field, std::string(name(field)) + ": has no default; it belongs in a job");
  }
  if (values->has(JobField::scheme)) {
    const auto scheme = to_scheme((*values)[JobField::scheme]);
    if (!scheme) return values->bad_value(JobField::scheme);
    scheme_ = *scheme;
  }
  if (values->has(JobField::port)) {
    port_ = to_port((*values)[JobField::port]);
    if (!port_) return values->bad_value(JobField::port);
  }
  has_method_ = values->has(JobField::method);
  if (auto fault = read_callbacks(*values, callbacks_)) return fault;
  return read_options(*values, options_);
}

std::optional<Fault> JobParser::read_callbacks(const Values& values, std::vector<std::string>& callbacks) {
  if (!values.has(JobField::callback)) return std::nullopt;
  auto names = to_names(values[JobField::callback]);
  if (!names) return values.bad_value(JobField::callback);
  for (const std::string& spec : *names) {
    if (!checks_.callback) break;
    if (const auto known = checks_.callback(spec); !known) return values.refused(JobField::callback, known.error());
  }
  callbacks = *std::move(names);
  return std::nullopt;
}

std::optional<Fault> JobParser::read_options(const Values& values, std::unique_ptr<JobOptions>& options) {
  if (values.has(JobField::body) && values.has(JobField::body_file)) {
    return values.fault(JobField::body_file, "body_file: \"body\" stands already; only one of them can be sent");
  }
  for (auto i = static_cast<std::size_t>(JobField::method); i <= static_cast<std::size_t>(JobField::meta); ++i) {
    const auto field = static_cast<JobField>(i);
    if (!values.has(field)) continue;
    if (!options) options = std::make_unique<JobOptions>();
    if (auto fault = read_option(values, field, *options)) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> JobParser::read_option(const Values& values, JobField field, JobOptions& options) {
  const std::string_view value = values[field];
  const auto set = [&](auto& option, auto converted) -> std::optional<Fault> {
    if (!converted) return values.bad_value(field);
    option = *std::move(converted);
    return std::nullopt;
  };
  switch (field) {
    case JobField::method: return set(options.method, to_method(value));
    case JobField::headers: return read_headers(values, options.headers);
    case JobField::body: options.body_file.clear(); return set(options.body, to_string(value));
    case JobField::body_file: options.body.reset(); return set(options.body_file, to_name(value));
    case JobField::timeout: return set(options.timeout, to_duration(value));
    case JobField::connect_timeout: return set(options.connect_timeout, to_duration(value));
    case JobField::retry: return set(options.retries, to_count(value));
    case JobField::max_redirs: return set(options.max_redirects, to_count(value));
    case JobField::max_filesize: return set(options.max_body_bytes, to_size(value));
    case JobField::charset: return read_charset(values, options.charset);
    case JobField::output: return set(options.output, to_name(value));
    case JobField::key: return set(options.key, to_name(value));
    case JobField::meta: return read_meta(values, options.meta);
    default: return std::nullopt;
  }
}

std::optional<Fault> JobParser::read_headers(const Values& values, std::vector<Header>& headers) {
  const std::string_view value = values[JobField::headers];
  if (type_of(value) != JsonType::object) return values.bad_value(JobField::headers);
  auto fault = add_headers(value, headers);
  if (fault) fault->offset += values.offset_of(value);
  return fault;
}

std::optional<Fault> JobParser::read_charset(const Values& values, std::string& charset) {
  auto label = to_name(values[JobField::charset]);
  if (!label) return values.bad_value(JobField::charset);
  if (checks_.charset) {
    if (const auto known = checks_.charset(*label); !known) return values.refused(JobField::charset, known.error());
  }
  charset = *std::move(label);
  return std::nullopt;
}

std::optional<Fault> JobParser::read_meta(const Values& values, std::string& meta) {
  const std::string_view value = values[JobField::meta];
  if (const auto flaw = find_flaw(value)) {
    const std::string where = shortened(value.substr(flaw->offset));
    return Fault{values.offset_of(value) + flaw->offset, flaw->duplicate
                                                             ? "meta: a name stands twice in one object: " + where
                                                             : "meta: half a surrogate pair in " + where};
  }
  meta = compact_json(value);
  return std::nullopt;
}

std::expected<Url, Fault> JobParser::parse_url(const Values& values) {
  if (values.has(JobField::host)) return parse_host_and_path(values);
  for (const JobField field : {JobField::path, JobField::scheme, JobField::port}) {
    if (values.has(field))
      return std::unexpected(values.fault(field, std::string(name(field)) + ": needs \"host\" beside it"));
  }
  const std::string_view json = values[JobField::url];
  if (json.empty()) return std::unexpected(Fault{0, "a job needs \"url\" or \"host\""});
  const auto text = to_text(json, storage_);
  if (!text) return std::unexpected(values.bad_value(JobField::url));
  if (text->starts_with('/'))
    return std::unexpected(values.fault(JobField::url, "url: a path needs \"host\" beside it"));
  auto url = Url::parse(*text);
  if (!url) return std::unexpected(values.refused(JobField::url, url.error()));
  return *std::move(url);
}

std::expected<Url, Fault> JobParser::parse_host_and_path(const Values& values) {
  const bool path_in_url = values.has(JobField::url);
  if (path_in_url && values.has(JobField::path)) {
    return std::unexpected(values.fault(JobField::path, "path: \"url\" gives the path already"));
  }
  const auto host = to_text(values[JobField::host], storage_);
  if (!host || !is_host(*host)) return std::unexpected(values.bad_value(JobField::host));

  std::string whole = scheme_;
  if (values.has(JobField::scheme)) {
    const auto scheme = to_scheme(values[JobField::scheme]);
    if (!scheme) return std::unexpected(values.bad_value(JobField::scheme));
    whole = *scheme;
  }
  whole += "://";
  if (is_bare_ipv6(*host)) {
    whole.append("[").append(*host).append("]");
  } else {
    whole += *host;
  }
  std::optional<std::uint16_t> port = port_;
  if (values.has(JobField::port)) {
    port = to_port(values[JobField::port]);
    if (!port) return std::unexpected(values.bad_value(JobField::port));
    if (has_port(*host)) return std::unexpected(values.fault(JobField::port, "port: \"host\" gives a port already"));
  }
  if (port && !has_port(*host)) whole.append(":").append(std::to_string(*port));

  const JobField path_field = path_in_url ? JobField::url : JobField::path;
  if (values.has(path_field)) {
    const auto path = to_text(values[path_field], storage_);
    if (path_in_url && path && !path->starts_with('/')) {
      return std::unexpected(
          values.fault(JobField::url, "url: beside \"host\" it is the path and must begin with '/'"));
    }
    if (!path || !path->starts_with('/')) return std::unexpected(values.bad_value(path_field));
    whole += *path;
  }
  auto url = Url::parse(whole);
  if (!url) return std::unexpected(values.refused(JobField::host, url.error()));
  return *std::move(url);
}

}  // namespace nbcrawl
