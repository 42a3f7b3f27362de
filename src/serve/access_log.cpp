#include "serve/access_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/escape.hpp"
#include "base/timestamp.hpp"

namespace nbcrawl {

namespace {

constexpr milliseconds patience(2'000);  // at the end, with who is slow to read

std::string_view or_dash(std::string_view text) noexcept { return text.empty() ? "-" : text; }

std::expected<NonblockingFd, int> open_file(const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0666));
  if (!file) return std::unexpected(errno);
  return NonblockingFd(std::move(file));
}

}  // namespace

Result<std::unique_ptr<AccessLog>> AccessLog::open(EventLoop& loop, const std::string& path) {
  auto file = path == "-" ? NonblockingFd::borrow(STDERR_FILENO) : open_file(path);
  if (!file) {
    return std::unexpected(Error{.kind = ErrorKind::output_failed,
                                 .phase = Phase::output,
                                 .sys_errno = file.error(),
                                 .detail = "can't write the access log " + path + ": " + std::strerror(file.error())});
  }
  return std::unique_ptr<AccessLog>(new AccessLog(loop, std::move(*file)));
}

void AccessLog::write(const ServedRequest& served) {
  if (!std::exchange(flushes_soon_, true)) {
    loop_.post([this] {
      flushes_soon_ = false;
      flush();
    });
  }
  const Request& request = served.request;
  std::string line = timestamp(std::chrono::system_clock::now(), TimeUnit::microsecond);
  std::array<char, 64> numbers;
  const int size = std::snprintf(numbers.data(), numbers.size(), " %d %llu %.6f ", served.status,
                                 static_cast<unsigned long long>(served.body_bytes),
                                 std::chrono::duration<double>(served.time).count());
  line.append(" ").append(served.client.to_string()).append(numbers.data(), static_cast<std::size_t>(size));
  // A target has no spaces, so that the fields stay apart.
  line.append(escape_for_terminal(or_dash(request.method))).append(" ");
  line.append(escape_for_terminal(or_dash(request.target))).append(" HTTP/1.");
  line.append(std::to_string(request.version_minor)).append("\n");
  lines_.write(line);
}

void AccessLog::flush() {
  lines_.flush();
  if (lines_.kept_bytes() == 0) return registration_.reset();
  if (registration_) return;
  // Where it can't be watched the next line tries again.
  if (auto watched = loop_.watch(*this, {.writable = true})) registration_ = std::move(*watched);
}

void AccessLog::finish() {
  registration_.reset();
  lines_.drain(Clock::now() + patience);
  lines_.give_up();
}

}  // namespace nbcrawl
