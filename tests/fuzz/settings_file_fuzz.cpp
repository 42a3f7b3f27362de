// A settings file of `nbcrawl fetch --config`: what is wrong has its place in the file, and what is read of it is read
// the same where it is written in another way. An input that begins with "*" stands for a long file: its second line
// again and again, between the first and the third.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/settings_file.hpp"
#include "fuzz_input.hpp"

namespace {

using namespace nbcrawl;

constexpr std::size_t long_bytes = 128 * 1024;

bool stands_in(std::string_view text, TextPosition place) {
  const auto lines = static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1;
  return place.line >= 1 && place.line <= lines && place.column >= 1 && place.column <= text.size() + 1;
}

/// As a basic string of TOML.
std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out.append({'\\', c});
    } else if (byte < ' ' || byte == 0x7F) {
      out.append("\\u00").append({digits[byte >> 4U], digits[byte & 0xFU]});
    } else {
      out += c;
    }
  }
  return out + '"';
}

void check_written_anew(const FileOption& option) {
  std::string text = "[fetch]\n" + quoted(option.name) + " = [";
  for (const std::string& value : option.values) text.append(quoted(value)).append(",");
  const auto again = parse_settings(text + "]");
  require(again && again->size() == 1);
  require(again->front().name == option.name && again->front().values == option.values);
}

void check(std::string_view text) {
  const auto options = parse_settings(text);
  if (!options) return require(stands_in(text, options.error().place) && !options.error().message.empty());
  require(std::ranges::is_sorted(*options, {}, &FileOption::place));
  for (const FileOption& option : *options) {
    require(stands_in(text, option.place));
    check_written_anew(option);
  }
}

std::string long_file(std::string_view text) {
  std::string file(take_line(text));
  const std::string_view again = take_line(text);
  while (!again.empty() && file.size() < long_bytes) file.append(again);
  return "[fetch]\n" + file.append(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  if (text.starts_with('*')) {
    check(long_file(text.substr(1)));
  } else {
    check(text);
  }
  return 0;
}
