#include "cli/request_data.hpp"

#include <utility>

#include "base/read_whole.hpp"

namespace nbcrawl {

Result<std::string> read_request_data(const std::vector<std::string>& values, std::size_t max_bytes) {
  std::string data;
  for (const std::string& value : values) {
    if (&value != &values.front()) data += '&';
    if (!value.starts_with('@')) {
      data += value;
      continue;
    }
    auto text = read_whole(value.substr(1), max_bytes, ErrorKind::body_file_failed);
    if (!text) return std::unexpected(std::move(text.error()));
    std::erase_if(*text, [](char byte) { return byte == '\r' || byte == '\n' || byte == '\0'; });
    data += *text;
  }
  return data;
}

}  // namespace nbcrawl
