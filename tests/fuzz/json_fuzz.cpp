// A JSON pointer on the first line, JSON behind it. Whole and byte by byte the scanner finds the same end; what it
// accepts can be read, and means what it means to nlohmann::json.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz_input.hpp"
#include "json/json_items.hpp"
#include "json/json_pointer.hpp"
#include "json/json_scanner.hpp"

namespace {

using nbcrawl::JsonScanner;
using nlohmann::json;

constexpr std::size_t max_depth = 8;

/// Where the value ends that `text` begins with; nothing where it is not one.
std::optional<std::size_t> end_of_value(std::string_view text) {
  JsonScanner whole(max_depth);
  const auto found = whole.scan(text);
  require(found.taken <= text.size());

  JsonScanner split(max_depth);
  JsonScanner::Progress progress{.status = JsonScanner::Status::incomplete, .taken = 0};
  std::size_t taken = 0;
  for (std::size_t i = 0; i < text.size() && progress.status == JsonScanner::Status::incomplete; ++i) {
    progress = split.scan(text.substr(i, 1));
    taken += progress.taken;
  }
  require(progress.status == found.status && taken == found.taken);
  if (found.status != JsonScanner::Status::incomplete && found.status != JsonScanner::Status::complete)
    require(whole.expected() == split.expected());
  if (found.status != JsonScanner::Status::complete) return std::nullopt;
  return found.taken;
}

/// Looks at every value, however deep.
void read_all(std::string_view value) {
  std::string storage;
  const auto type = nbcrawl::type_of(value);
  if (type == nbcrawl::JsonType::string) (void)nbcrawl::string_value(value, storage);
  if (type != nbcrawl::JsonType::object && type != nbcrawl::JsonType::array) return;
  for (nbcrawl::JsonItems items(value); items.next();) {
    if (type == nbcrawl::JsonType::object) (void)nbcrawl::string_value(items.name(), storage);
    require(items.value().data() >= value.data() &&
            items.value().data() + items.value().size() < value.data() + value.size());
    read_all(items.value());
  }
}

/// What the pointer leads to, as nlohmann::json has it.
std::optional<json> pointed_at(const json& document, std::string_view pointer) {
  try {
    return document.at(json::json_pointer(std::string(pointer)));
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

void compare(std::string_view value, std::string_view pointer, bool has_flaw) {
  // It refuses, rightly, text that is not UTF-8 and half surrogate pairs; and numbers too large for a double.
  const json document = json::parse(value, nullptr, false);
  if (document.is_discarded()) return;
  require(json::parse(nbcrawl::compact_json(value)) == document);
  if (has_flaw || !nbcrawl::is_json_pointer(pointer)) return;
  const auto ours = nbcrawl::find_by_pointer(value, pointer);
  const auto theirs = pointed_at(document, pointer);
  require(ours.has_value() == theirs.has_value());
  if (ours) require(json::parse(*ours) == *theirs);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = text_of(data, size);
  const std::string_view pointer = take_line(text);
  // A number ends only where something else begins.
  const std::string padded = std::string(text) + "\n";
  const auto end = end_of_value(padded);
  if (!end) return 0;
  // White space before a value is the scanner's, not the readers'.
  const std::string_view value = std::string_view(padded).substr(0, *end);
  const std::string_view trimmed = value.substr(value.find_first_not_of(" \t\r\n"));
  read_all(trimmed);
  const auto flaw = nbcrawl::find_flaw(trimmed);
  if (flaw) require(flaw->offset < trimmed.size() && trimmed[flaw->offset] == '"');
  compare(trimmed, pointer, flaw.has_value());
  return 0;
}
