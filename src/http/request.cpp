#include "http/request.hpp"

#include <algorithm>
#include <utility>

namespace nbcrawl {

namespace {

Error refused(std::string what, std::string_view text) {
  return {.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(what) + " '" + std::string(text) + "'"};
}

Result<> check(const Header& header) {
  if (!is_token(header.name)) return std::unexpected(refused("not a field name:", header.name));
  if (!is_field_value(header.value)) return std::unexpected(refused("control character in the value of field", header.name));
  // A message is framed here and nowhere else: two opinions on its length are a request smuggled.
  if (equals_ignoring_case(header.name, "content-length") || equals_ignoring_case(header.name, "transfer-encoding")) {
    return std::unexpected(refused("a job may not set the field", header.name));
  }
  return {};
}

bool has(const std::vector<Header>& headers, std::string_view name) noexcept {
  return std::any_of(headers.begin(), headers.end(), [name](const Header& header) { return equals_ignoring_case(header.name, name); });
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
  return std::none_of(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
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
  if (!user_agent.empty() && !has(headers, "user-agent")) writer.fields_.push_back({.name = "User-Agent", .value = std::string(user_agent)});
  if (!has(headers, "accept")) writer.fields_.push_back({.name = "Accept", .value = "*/*"});
  for (const Header& field : writer.fields_) {
    if (auto good = check(field); !good) return std::unexpected(std::move(good.error()));
    append_field(writer.block_, field.name, field.value);
  }
  return writer;
}

Result<> RequestWriter::write_head(std::string& out, const Url& url, const JobOptions* options, std::optional<std::uint64_t> body_bytes) const {
  const std::string_view method = options != nullptr ? std::string_view(options->method) : "GET";
  if (!is_token(method)) return std::unexpected(refused("not a method:", method));
  out.append(method).append(" ").append(url.request_target()).append(" HTTP/1.1\r\n");

  const bool own_fields = options != nullptr && !options->headers.empty();
  if (!(own_fields && has(options->headers, "host")) && !has(fields_, "host")) append_field(out, "Host", url.authority());
  if (!own_fields) {
    out.append(block_);
  } else {
    for (const Header& field : fields_) {
      if (!has(options->headers, field.name)) append_field(out, field.name, field.value);
    }
    for (const Header& header : options->headers) {
      if (auto good = check(header); !good) return good;
      if (!header.value.empty()) append_field(out, header.name, header.value);
    }
  }
  if (body_bytes) append_field(out, "Content-Length", std::to_string(*body_bytes));
  out.append("\r\n");
  return {};
}

}  // namespace nbcrawl
