#include "base/read_whole.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/unique_fd.hpp"

namespace nbcrawl {

Result<std::string> read_whole(const std::string& path, std::size_t max_bytes, ErrorKind kind) {
  const auto failed = [&](std::string_view cause, int sys_errno) {
    return std::unexpected(
        Error{.kind = kind,
              .phase = Phase::job,
              .sys_errno = sys_errno,
              .detail = "can't read " + (path == "-" ? "standard input" : path) + ": " + std::string(cause)});
  };
  UniqueFd opened;
  if (path != "-") {
    opened.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return failed(std::strerror(errno), errno);
  }
  std::string bytes;
  std::array<char, 64 * 1024> buffer;
  for (;;) {
    const ssize_t got = ::read(opened ? opened.get() : STDIN_FILENO, buffer.data(), buffer.size());
    if (got == 0) return bytes;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(std::strerror(errno), errno);
    bytes.append(buffer.data(), static_cast<std::size_t>(got));
    if (bytes.size() > max_bytes) return failed("more than " + std::to_string(max_bytes) + " bytes", 0);
  }
}

}  // namespace nbcrawl
