#include "jobs/job_object.hpp"

#include "base/utf8.hpp"
#include "jobs/shown_text.hpp"
#include "json/json_items.hpp"

namespace nbcrawl {

std::optional<Fault> JobObject::read(std::string_view json) {
  json_ = json;
  values_.fill({});
  if (auto fault = find_invalid_utf8(json)) return fault;
  if (type_of(json) != JsonType::object) return Fault{0, "expected a job object, got " + shown_value(json)};
  for (JsonItems items(json); items.next();) {
    if (auto fault = add(items.name(), items.value())) return fault;
  }
  return std::nullopt;
}

std::optional<Fault> JobObject::add(std::string_view name, std::string_view value) {
  std::string storage;
  const std::string_view text = string_value(name, storage).value_or(name);
  const auto field = find_job_field(text);
  if (!field) return Fault{offset_of(name), why_unknown(text)};
  std::string_view& slot = values_[static_cast<std::size_t>(*field)];
  if (!slot.empty()) {
    const std::string_view hint = *field == JobField::callback ? " (\"backcall\" is \"callback\")" : "";
    return Fault{offset_of(name), "field \"" + std::string(text) + "\" stands twice" + std::string(hint)};
  }
  slot = value;
  return std::nullopt;
}

Fault JobObject::fault(JobField field, std::string_view reason) const {
  return {.offset = offset_of((*this)[field]), .message = std::string(name(field)) + ": " + std::string(reason)};
}

Fault JobObject::bad_value(JobField field) const {
  return fault(field, "expected " + std::string(values(field)) + ", got " + shown_value((*this)[field]));
}

std::optional<Fault> find_invalid_utf8(std::string_view text) {
  unsigned char bits = 0;
  for (const char byte : text) bits |= static_cast<unsigned char>(byte);
  if (bits < 0x80) return std::nullopt;
  std::size_t offset = 0;
  while (offset < text.size()) {
    const CodePoint point = next_code_point(text.substr(offset));
    if (!point.valid) return Fault{offset, "invalid UTF-8: " + shown(text[offset])};
    offset += point.size;
  }
  return std::nullopt;
}

}  // namespace nbcrawl
