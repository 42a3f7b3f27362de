#include "cli/request_data.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/unique_fd.hpp"

namespace nbcrawl {

namespace {

std::unexpected<Error> failed(std::string_view path, std::string_view cause) {
  return std::unexpected(Error{.kind = ErrorKind::body_file_failed,
                               .phase = Phase::job,
                               .detail = "can't read " + std::string(path) + ": " + std::string(cause)});
}

/// Appends what the file holds. Before anything is fetched, so it may wait for a slow one.
Result<> append_file(std::string& data, const std::string& path, std::size_t max_bytes) {
  UniqueFd opened;
  if (path != "-") {
    opened.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return failed(path, std::strerror(errno));
  }
  const std::string_view name = opened ? std::string_view(path) : "standard input";
  std::array<char, 64 * 1024> buffer;
  std::size_t total = 0;
  for (;;) {
    const ssize_t got = ::read(opened ? opened.get() : STDIN_FILENO, buffer.data(), buffer.size());
    if (got == 0) return {};
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(name, std::strerror(errno));
    total += static_cast<std::size_t>(got);
    if (total > max_bytes) return failed(name, "more than " + std::to_string(max_bytes) + " bytes");
    for (const char byte : std::string_view(buffer.data(), static_cast<std::size_t>(got))) {
      if (byte != '\r' && byte != '\n' && byte != '\0') data += byte;
    }
  }
}

}  // namespace

Result<std::string> read_request_data(const std::vector<std::string>& values, std::size_t max_bytes) {
  std::string data;
  for (const std::string& value : values) {
    if (&value != &values.front()) data += '&';
    if (!value.starts_with('@')) {
      data += value;
    } else if (auto read = append_file(data, value.substr(1), max_bytes); !read) {
      return std::unexpected(std::move(read.error()));
    }
  }
  return data;
}

}  // namespace nbcrawl
