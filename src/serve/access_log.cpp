#include "serve/access_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string_view>
#include <utility>

#include "base/escape.hpp"

namespace nbcrawl {

namespace {

std::string_view or_dash(std::string_view text) noexcept { return text.empty() ? "-" : text; }

/// RFC 3339, UTC, with microseconds.
void append_time(std::string& out) {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto micros = std::chrono::duration_cast<microseconds>(now.time_since_epoch()).count() % 1'000'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 64> text;
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%06lldZ", utc.tm_year + 1900,
                    utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, static_cast<long long>(micros));
  out.append(text.data(), static_cast<std::size_t>(size));
}

}  // namespace

Result<std::unique_ptr<AccessLog>> AccessLog::open(EventLoop& loop, const std::string& path) {
  UniqueFd file(path == "-" ? ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
                            : ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666));
  if (!file) {
    return std::unexpected(Error{.kind = ErrorKind::output_failed,
                                 .phase = Phase::output,
                                 .sys_errno = errno,
                                 .detail = "cannot write the access log " + path + ": " + std::strerror(errno)});
  }
  return std::unique_ptr<AccessLog>(new AccessLog(loop, std::move(file)));
}

void AccessLog::write(const Exchange& exchange) {
  if (lines_.empty()) loop_.post([this] { flush(); });
  const Request& request = exchange.request;
  append_time(lines_);
  std::array<char, 64> numbers;
  const int size = std::snprintf(numbers.data(), numbers.size(), " %d %llu %.6f ", exchange.status,
                                 static_cast<unsigned long long>(exchange.body_bytes),
                                 std::chrono::duration<double>(exchange.time).count());
  lines_.append(" ").append(exchange.client.to_string()).append(numbers.data(), static_cast<std::size_t>(size));
  // A target has no spaces, so that the fields stay apart.
  lines_.append(escape_for_terminal(or_dash(request.method))).append(" ");
  lines_.append(escape_for_terminal(or_dash(request.target))).append(" HTTP/1.");
  lines_.append(std::to_string(request.version_minor)).append("\n");
}

void AccessLog::flush() {
  std::string_view rest = lines_;
  while (!rest.empty()) {
    const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      if (lost_lines_ == 0) cause_of_loss_ = errno;
      lost_lines_ += static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
      break;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  lines_.clear();
}

}  // namespace nbcrawl
