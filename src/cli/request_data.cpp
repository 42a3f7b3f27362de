#include "cli/request_data.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
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
    if (!text) {
      text.error().detail.insert(0, "--data: ");
      return std::unexpected(std::move(text.error()));
    }
    std::erase_if(*text, [](char byte) { return byte == '\r' || byte == '\n' || byte == '\0'; });
    data += *text;
  }
  return data;
}

Result<> check_cookie_files(const CookieOptions& cookies) {
  for (const std::string& path : cookies.load_files) {
    if (path == "-" || path == cookies.save_file || ::access(path.c_str(), R_OK) == 0) continue;
    return std::unexpected(
        Error{.kind = ErrorKind::invalid_job,
              .phase = Phase::job,
              .sys_errno = errno,
              .detail = "--cookie: can't read " + path + ": " + std::strerror(errno) + " (a cookie is NAME=VALUE)"});
  }
  return {};
}

}  // namespace nbcrawl
