#include "sinks/record_field.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "base/http_version.hpp"
#include "base/nearest_name.hpp"
#include "base/sha256.hpp"
#include "base/timestamp.hpp"

namespace nbcrawl {

namespace {

void put_string(JsonWriter& json, std::string_view name, std::string_view value) {
  json.name(name);
  json.string(value);
}

void put_given(JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) put_string(json, name, value);
}

void put_integer(JsonWriter& json, std::string_view name, std::integral auto value) {
  json.name(name);
  json.integer(value);
}

// What the job asked for.

void append_id(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  const bool own = record.job != nullptr && !record.job->id.empty();
  put_string(json, name, own ? record.job->id : std::to_string(record.index));
}

template <std::string_view (Url::*part)() const noexcept>
void append_url_part(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.job != nullptr) put_string(json, name, (record.job->url.*part)());
}

void append_port(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.job != nullptr) put_integer(json, name, record.job->url.port());
}

void append_method(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.job == nullptr) return;
  const JobOptions* options = record.job->options.get();
  put_string(json, name, options != nullptr ? options->sent_method() : "GET");
}

void append_meta(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  const JobOptions* options = record.job != nullptr ? record.job->options.get() : nullptr;
  if (options == nullptr || options->meta.empty()) return;
  json.name(name);
  json.raw(options->meta);
}

// How it went.

void append_ok(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  json.name(name);
  json.boolean(record.ok());
}

void append_error(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.error != nullptr) put_string(json, name, code(record.error->kind));
}

void append_error_detail(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.error != nullptr) put_string(json, name, record.error->detail);
}

void append_remote_ip(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.exchange != nullptr) put_given(json, name, record.exchange->remote_ip);
}

void append_remote_port(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.exchange != nullptr && record.exchange->remote_port != 0)
    put_integer(json, name, record.exchange->remote_port);
}

void append_insecure(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.exchange == nullptr || !record.exchange->insecure) return;
  json.name(name);
  json.boolean(true);
}

template <std::uint32_t Exchange::* count>
void append_count(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.exchange != nullptr) put_integer(json, name, record.exchange->*count);
}

void append_num_redirects(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.exchange != nullptr) put_integer(json, name, record.exchange->chain.size());
}

void append_chain(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.exchange == nullptr || record.exchange->chain.empty()) return;
  json.name(name);
  json.begin_array();
  for (const Hop& hop : record.exchange->chain) {
    json.begin_object();
    json.name("url");
    json.string(hop.url);
    json.name("status");
    json.integer(hop.status);
    json.end_object();
  }
  json.end_array();
}

template <std::chrono::microseconds Timings::* step>
void append_time(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.exchange == nullptr) return;
  json.name(name);
  json.seconds(record.exchange->timings.*step);
}

void append_started_at(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.exchange != nullptr) put_string(json, name, timestamp(record.exchange->timings.started_at));
}

// What came back.

void append_url_effective(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.response != nullptr) put_string(json, name, record.response->url.href());
}

void append_http_version(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.response == nullptr) return;
  put_string(json, name, http_version(*record.response));
}

void append_status(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.response != nullptr) put_integer(json, name, record.response->status);
}

void append_headers(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.response == nullptr) return;
  const Fields& fields = record.response->fields;
  // Sorted and not searched for each name: a hostile head has tens of thousands of them.
  std::vector<std::pair<std::string, std::size_t>> names;
  names.reserve(fields.size());
  for (std::size_t i = 0; i < fields.size(); ++i) names.emplace_back(to_lower_case(fields[i].name), i);
  std::ranges::sort(names);
  json.name(name);
  json.begin_object();
  for (auto at = names.begin(); at != names.end();) {
    const bool hidden = at->first == "set-cookie";
    const auto end = std::find_if(at, names.end(), [&](const auto& other) { return other.first != at->first; });
    json.name(at->first);
    json.begin_array();
    for (; at != end; ++at) json.string(hidden ? "[hidden]" : fields[at->second].value);
    json.end_array();
  }
  json.end_object();
}

void append_set_cookie(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.response == nullptr) return;
  const Fields& fields = record.response->fields;
  json.name(name);
  json.begin_array();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (equals_ignoring_case(fields[i].name, "set-cookie")) json.string(fields[i].value);
  }
  json.end_array();
}

void append_content_type(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.response == nullptr) return;
  if (const auto value = record.response->fields.get("content-type")) put_string(json, name, *value);
}

void append_content_encoding(JsonWriter& json, std::string_view name, const Record& record,
                             const RecordStyle& /*style*/) {
  if (record.response != nullptr) put_given(json, name, record.response->fields.joined("content-encoding"));
}

void append_size_download(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.response != nullptr && record.exchange != nullptr)
    put_integer(json, name, record.exchange->received_bytes);
}

// What the callbacks made of it.

template <std::string_view Record::* value>
void append_view(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  put_given(json, name, record.*value);
}

void append_size_body(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.ok()) put_integer(json, name, record.body.size());
}

void append_body(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& style) {
  if (!record.ok() || style.body == BodyForm::none) return;
  if (is_text(style.body, record.body)) return put_string(json, name, record.body);
  json.name("body_base64");
  json.base64(record.body);
}

void append_replayed(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (!record.replayed) return;
  json.name(name);
  json.boolean(true);
}

void append_body_sha256(JsonWriter& json, std::string_view name, const Record& record, const RecordStyle& /*style*/) {
  if (record.ok()) put_string(json, name, sha256_hex(record.body));
}

constexpr std::array record_fields = {
    RecordField{"id", append_id},
    RecordField{"url", append_url_part<&Url::href>},
    RecordField{"url_effective", append_url_effective},
    RecordField{"method", append_method},
    RecordField{"scheme", append_url_part<&Url::scheme>},
    RecordField{"host", append_url_part<&Url::host>},
    RecordField{"port", append_port},
    RecordField{"path", append_url_part<&Url::path>},
    RecordField{"remote_ip", append_remote_ip},
    RecordField{"remote_port", append_remote_port},
    RecordField{"http_version", append_http_version},
    RecordField{"insecure", append_insecure},
    RecordField{"num_connects", append_count<&Exchange::num_connects>},
    RecordField{"num_redirects", append_num_redirects},
    RecordField{"num_retries", append_count<&Exchange::num_retries>},
    RecordField{"chain", append_chain},
    RecordField{"status", append_status},
    RecordField{"ok", append_ok},
    RecordField{"error", append_error},
    RecordField{"error_detail", append_error_detail},
    RecordField{"headers", append_headers},
    RecordField{"content_type", append_content_type},
    RecordField{"charset", append_view<&Record::charset>},
    RecordField{"charset_source", append_view<&Record::charset_source>},
    RecordField{"content_encoding", append_content_encoding},
    RecordField{"size_download", append_size_download},
    RecordField{"size_body", append_size_body},
    RecordField{"body", append_body},
    RecordField{"body_file", append_view<&Record::body_file>},
    RecordField{"time_queue", append_time<&Timings::queue>},
    RecordField{"time_namelookup", append_time<&Timings::namelookup>},
    RecordField{"time_connect", append_time<&Timings::connect>},
    RecordField{"time_appconnect", append_time<&Timings::appconnect>},
    RecordField{"time_starttransfer", append_time<&Timings::starttransfer>},
    RecordField{"time_total", append_time<&Timings::total>},
    RecordField{"started_at", append_started_at},
    RecordField{"callback", append_view<&Record::callback>},
    RecordField{"meta", append_meta},
    RecordField{"replayed", append_replayed},
    RecordField{"body_sha256", append_body_sha256},
    RecordField{"set_cookie", append_set_cookie},
};
constexpr std::size_t only_on_request = 2;  // the last ones

Result<RecordField> find_record_field(std::string_view name) {
  // Which of the two a record holds follows from its bytes, so whoever names one of them wants either.
  const std::string_view meant = name == "body_base64" ? "body" : name;
  const auto* const found = std::ranges::find(record_fields, meant, &RecordField::name);
  if (found != record_fields.end()) return *found;
  std::array<std::string_view, record_fields.size()> names;
  std::ranges::transform(record_fields, names.begin(), &RecordField::name);
  std::string detail = "unknown record field '" + std::string(name) + "'";
  if (const std::string_view near = nearest_name(name, names); !near.empty()) {
    detail += "; did you mean '" + std::string(near) + "'?";
  }
  return std::unexpected(Error{.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)});
}

}  // namespace

std::vector<RecordField> all_record_fields() { return {record_fields.begin(), record_fields.end() - only_on_request}; }

Result<std::vector<RecordField>> parse_record_fields(std::string_view list) {
  std::vector<RecordField> fields;
  while (true) {
    const std::size_t comma = std::min(list.find(','), list.size());
    auto field = find_record_field(list.substr(0, comma));
    if (!field) return std::unexpected(std::move(field.error()));
    // A second member of the same name would be no good JSON.
    if (std::ranges::find(fields, field->name, &RecordField::name) == fields.end()) fields.push_back(*field);
    if (comma == list.size()) return fields;
    list.remove_prefix(comma + 1);
  }
}

}  // namespace nbcrawl
