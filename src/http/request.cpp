#include "http/request.hpp"

#include <algorithm>
#include <utility>

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
  // A message is framed here and nowhere else: two opinions on its length are a request smuggled.
  if (equals_ignoring_case(header.name, "content-length") || equals_ignoring_case(header.name, "transfer-encoding")) {
    return std::unexpected(refused("a job may not set the field", header.name));
  }
  return {};
}

/// What another origin may see of fields that a user set. Any other may hold a secret, whatever its name.
bool is_harmless(std::string_view name) noexcept {
  constexpr std::string_view harmless[] = {"accept", "accept-language", "accept-encoding", "cache-control",
                                           "pragma", "range",           "user-agent",      "dnt"};
  return std::any_of(std::begin(harmless), std::end(harmless),
                     [name](std::string_view one) { return equals_ignoring_case(name, one); });
}

bool has(const std::vector<Header>& headers, std::string_view name) noexcept {
  return std::any_of(headers.begin(), headers.end(),
                     [name](const Header& header) { return equals_ignoring_case(header.name, name); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
}

bool is_field_value(std::string_view text) noexcept {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

bool is_idempotent(std::string_view method) noexcept {
  constexpr std::string_view idempotent[] = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"};
  return std::find(std::begin(idempotent), std::end(idempotent), method) != std::end(idempotent);
}

Result<RequestWriter> RequestWriter::create(std::string_view user_agent, const std::vector<Header>& headers) {
  RequestWriter writer;
  for (const Header& header : headers) {
    if (!header.value.empty()) writer.fields_.push_back(header);  // an empty one only takes ours away
  }
  if (!user_agent.empty() && !has(headers, "user-agent"))
    writer.fields_.push_back({.name = "User-Agent", .value = std::string(user_agent)});
  if (!has(headers, "accept")) writer.fields_.push_back({.name = "Accept", .value = "*/*"});
  if (!has(headers, "accept-encoding"))
    writer.fields_.push_back({.name = "Accept-Encoding", .value = "gzip, deflate, br, zstd"});
  for (const Header& field : writer.fields_) {
    if (auto good = check(field); !good) return std::unexpected(std::move(good.error()));
    append_field(writer.block_, field.name, field.value);
  }
  return writer;
}

Result<> RequestWriter::write_head(std::string& out, const RequestHead& request) const {
  const std::string_view method = request.method();
  if (!is_token(method)) return std::unexpected(refused("not a method:", method));
  out.append(method).append(" ").append(request.url.request_target()).append(" HTTP/1.1\r\n");
  const bool own_fields = request.options != nullptr && !request.options->headers.empty();
  const bool own_host =
      !request.foreign && (has(fields_, "host") || (own_fields && has(request.options->headers, "host")));
  if (!own_host) append_field(out, "Host", request.url.authority());
  if (!own_fields && !request.foreign) {
    out.append(block_);
  } else if (auto written = write_fields(out, request); !written) {
    return written;
  }
  if (request.body_bytes) append_field(out, "Content-Length", std::to_string(*request.body_bytes));
  out.append("\r\n");
  return {};
}

Result<> RequestWriter::write_fields(std::string& out, const RequestHead& request) const {
  static const std::vector<Header> none;
  const std::vector<Header>& own = request.options != nullptr ? request.options->headers : none;
  for (const Header& field : fields_) {
    if (!has(own, field.name) && (!request.foreign || is_harmless(field.name)))
      append_field(out, field.name, field.value);
  }
  for (const Header& header : own) {
    if (auto good = check(header); !good) return good;
    if (!header.value.empty() && (!request.foreign || is_harmless(header.name)))
      append_field(out, header.name, header.value);
  }
  return {};
}

}  // namespace nbcrawl
