#include "jobs/shown_text.hpp"

#include "base/hex.hpp"
#include "base/shortened.hpp"
#include "json/json_items.hpp"

namespace nbcrawl {
namespace {

constexpr std::size_t max_shown_bytes = 40;

}  // namespace

std::string shown(char byte) {
  if (byte == '\n' || byte == '\r') return "end of line";
  if (byte == '\t') return "a tab";
  if (byte >= ' ' && byte <= '~') return {'\'', byte, '\''};
  std::string text = "byte 0x";
  append_hex(text, static_cast<unsigned char>(byte));
  return text;
}

std::string shown_piece(std::string_view text) { return shortened(text, max_shown_bytes); }

std::string_view shown_type(std::string_view json) noexcept {
  switch (type_of(json)) {
    case JsonType::object: return "an object";
    case JsonType::array: return "a list";
    case JsonType::string: return "a string";
    case JsonType::number: return "a number";
    case JsonType::literal: break;
  }
  return json;
}

std::string shown_value(std::string_view json) {
  const JsonType type = type_of(json);
  if (type == JsonType::object || type == JsonType::array) return std::string(shown_type(json));
  return shown_piece(json);
}

}  // namespace nbcrawl
