#include "serve/route_spec.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/field_syntax.hpp"
#include "base/nearest_name.hpp"
#include "http/http1_request_parser.hpp"
#include "serve/response_head.hpp"

namespace nbcrawl {

namespace {

using nlohmann::json;

constexpr int max_delay_ms = 3'600'000;
constexpr int max_chunks = 1'000'000;

bool read_string(const json& value, std::optional<std::string>& into) {
  if (!value.is_string()) return false;
  into = value.get<std::string>();
  return true;
}

/// A string that goes into a field.
bool read_field_value(const json& value, std::optional<std::string>& into) {
  return read_string(value, into) && is_field_value(*into);
}

/// Location is a URI-reference (RFC 9110 section 10.2.2): visible ASCII, all else is percent-encoded.
bool read_redirect(const json& value, RouteSpec& spec) {
  if (!value.is_string()) return false;
  const auto& reference = value.get_ref<const std::string&>();
  spec.redirect = reference;
  return !reference.empty() && std::ranges::all_of(reference, [](char c) { return c > ' ' && c < '\x7F'; });
}

std::optional<int> read_whole_number(const json& value, int least, int most) {
  if (!value.is_number_integer()) return std::nullopt;
  // Above INT64_MAX only the unsigned value is right.
  if (value.is_number_unsigned() && std::cmp_greater(value.get<std::uint64_t>(), most)) return std::nullopt;
  const auto number = value.get<std::int64_t>();
  if (number < least || number > most) return std::nullopt;
  return static_cast<int>(number);
}

bool read_text(const json& value, RouteSpec& spec) {
  if (!value.is_array()) return read_string(value, spec.text);
  spec.text.emplace();
  for (const json& line : value) {
    if (!line.is_string()) return false;
    spec.text->append(line.get_ref<const std::string&>()).append("\n");
  }
  return true;
}

bool read_methods(const json& value, RouteSpec& spec) {
  if (!value.is_array() || value.empty()) return false;
  spec.methods.clear();
  for (const json& method : value) {
    if (!method.is_string() || !is_known_method(method.get_ref<const std::string&>())) return false;
    spec.methods.push_back(method.get<std::string>());
  }
  return true;
}

bool read_headers(const json& value, RouteSpec& spec) {
  if (!value.is_object()) return false;
  for (const auto& [name, given] : value.items()) {
    if (!is_token(name) || is_reserved_field(name)) return false;
    for (const json& line : given.is_array() ? given : json::array({given})) {
      if (!line.is_string() || !is_field_value(line.get_ref<const std::string&>())) return false;
      spec.headers.add(name, line.get_ref<const std::string&>());
    }
  }
  return true;
}

bool read_status(const json& value, RouteSpec& spec) {
  spec.status = read_whole_number(value, 200, 599);
  return spec.status.has_value();
}

bool read_delay(const json& value, RouteSpec& spec) {
  const auto number = read_whole_number(value, 0, max_delay_ms);
  spec.delay = milliseconds{number.value_or(0)};
  return number.has_value();
}

bool read_chunks(const json& value, RouteSpec& spec) {
  const auto number = read_whole_number(value, 1, max_chunks);
  spec.chunks = static_cast<std::size_t>(number.value_or(0));
  return number.has_value();
}

bool read_close(const json& value, RouteSpec& spec) {
  if (!value.is_boolean()) return false;
  spec.close = value.get<bool>();
  return true;
}

struct Key {
  std::string_view name;
  bool (*read)(const json& value, RouteSpec& spec);
  std::string_view expected;
};

const std::array<Key, 14> keys = {{
    {"text", read_text, "a string or an array of strings, one a line"},
    {"text_file", [](const json& v, RouteSpec& s) { return read_string(v, s.text_file); }, "a path"},
    {"file", [](const json& v, RouteSpec& s) { return read_string(v, s.file); }, "a path"},
    {"directory", [](const json& v, RouteSpec& s) { return read_string(v, s.directory); }, "a path"},
    {"redirect", read_redirect, "a URL reference, percent-encoded"},
    {"type", [](const json& v, RouteSpec& s) { return read_field_value(v, s.type); }, "a media type"},
    {"charset", [](const json& v, RouteSpec& s) { return read_field_value(v, s.charset); }, "an encoding's label"},
    {"label", [](const json& v, RouteSpec& s) { return read_field_value(v, s.label); }, "a string for Content-Type"},
    {"status", read_status, "a whole number from 200 to 599"},
    {"methods", read_methods, "an array of GET, HEAD, POST, PUT, DELETE, OPTIONS, TRACE and PATCH"},
    {"headers", read_headers,
     "an object of field names and values (strings or arrays of them); Connection, Content-Length, Content-Type, Date "
     "and "
     "Transfer-Encoding are the server's"},
    {"delay_ms", read_delay, "a whole number of milliseconds up to 3600000"},
    {"chunks", read_chunks, "a whole number from 1 to 1000000"},
    {"close", read_close, "true or false"},
}};

Error refusal(std::string detail) {
  return {.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)};
}

Error unknown_key(std::string_view name) {
  std::array<std::string_view, keys.size()> names;
  std::ranges::transform(keys, names.begin(), &Key::name);
  std::string detail = "." + std::string(name) + ": unknown key; ";
  if (const std::string_view nearest = nearest_name(name, names); !nearest.empty()) {
    return refusal(detail + "did you mean " + std::string(nearest) + "?");
  }
  detail += "known are ";
  for (const std::string_view known : names) detail.append(known == names.front() ? "" : ", ").append(known);
  return refusal(detail);
}

/// What would not be sent is not given.
Result<> check_content(const RouteSpec& spec) {
  const std::string_view content = spec.text ? "text" : spec.text_file ? "text_file" : spec.file ? "file" : "";
  if (content.empty() || !spec.status || !has_no_content(*spec.status)) return {};
  return std::unexpected(refusal("." + std::string(content) + ": a response with status " +
                                 std::to_string(*spec.status) + " has no content"));
}

}  // namespace

Result<RouteSpec> read_route_spec(const json& object) {
  if (!object.is_object()) return std::unexpected(refusal(": must be an object"));
  RouteSpec spec;
  for (const auto& [name, value] : object.items()) {
    const auto key = std::ranges::find_if(
        keys, [&, wanted = std::string_view(name)](const Key& known) { return known.name == wanted; });
    if (key == keys.end()) return std::unexpected(unknown_key(name));
    if (!key->read(value, spec))
      return std::unexpected(refusal("." + name + ": must be " + std::string(key->expected)));
  }
  const std::size_t sources =
      static_cast<std::size_t>(spec.text.has_value()) + static_cast<std::size_t>(spec.text_file.has_value()) +
      static_cast<std::size_t>(spec.file.has_value()) + static_cast<std::size_t>(spec.directory.has_value()) +
      static_cast<std::size_t>(spec.redirect.has_value());
  if (sources > 1) {
    return std::unexpected(refusal(": has more than one of text, text_file, file, directory and redirect"));
  }
  if (sources == 0 && !spec.status) {
    return std::unexpected(refusal(": needs one of text, text_file, file, directory, redirect and status"));
  }
  if (auto good = check_content(spec); !good) return std::unexpected(std::move(good.error()));
  const bool is_text = spec.text || spec.text_file;
  if (spec.charset && !is_text) return std::unexpected(refusal(".charset: only text and text_file are encoded"));
  if (spec.label && !is_text) return std::unexpected(refusal(".label: only text and text_file have one"));
  if (spec.directory && (spec.status || spec.type)) {
    return std::unexpected(refusal(": a directory's files have their own status and type"));
  }
  if (spec.redirect && spec.status && (*spec.status < 300 || *spec.status > 399)) {
    return std::unexpected(refusal(".status: of a redirect must be from 300 to 399"));
  }
  return spec;
}

}  // namespace nbcrawl
