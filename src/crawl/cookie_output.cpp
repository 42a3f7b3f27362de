#include "crawl/cookie_output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/behind_links.hpp"
#include "base/output_directory.hpp"

namespace nbcrawl {

namespace {

std::unexpected<Error> failed(const std::string& path, int cause, std::string_view why = {}) {
  std::string detail = "can't write cookies to " + (path == "-" ? "standard output" : path) + ": ";
  detail += why.empty() ? std::strerror(cause) : why;
  return std::unexpected(
      Error{.kind = ErrorKind::output_failed, .phase = Phase::output, .sys_errno = cause, .detail = std::move(detail)});
}

/// The folder of a file and its name there.
std::pair<std::string, std::string> split(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {path.substr(0, slash + 1), path.substr(slash + 1)};
}

}  // namespace

Result<CookieOutput> CookieOutput::open(const std::string& path) {
  if (path == "-") {
    auto standard_output = NonblockingFd::borrow(STDOUT_FILENO);
    if (!standard_output) return failed(path, standard_output.error());
    return CookieOutput(path, std::move(*standard_output));
  }
  struct stat status{};
  const bool is_there = ::stat(path.c_str(), &status) == 0;
  if (!is_there && errno != ENOENT) return failed(path, errno);
  if (is_there && !S_ISREG(status.st_mode)) {
    // O_NONBLOCK: a FIFO that nobody reads would hold up the program.
    UniqueFd special(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (special) return CookieOutput(path, NonblockingFd(std::move(special)));
    const bool is_unread = errno == ENXIO && S_ISFIFO(status.st_mode);
    return failed(path, errno, is_unread ? "it is a pipe that nobody reads" : "");
  }
  const auto [folder, name] = split(behind_links(path));
  if (name.empty()) return failed(path, EISDIR);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return failed(path, errno);
  return CookieOutput(path, std::nullopt);
}

Result<> CookieOutput::write(std::string_view text, Duration patience) const {
  return special_ ? write_special(text, patience) : replace_file(text);
}

Result<> CookieOutput::replace_file(std::string_view text) const {
  const auto [folder, name] = split(behind_links(path_));
  auto directory = OutputDirectory::open(folder);
  if (!directory) return std::unexpected(std::move(directory.error()));
  auto file = directory->create(name, FileAccess::owner);
  if (!file) return std::unexpected(std::move(file.error()));
  if (auto written = file->write(text); !written) return written;
  return file->commit();
}

Result<> CookieOutput::write_special(std::string_view text, Duration patience) const {
  const TimePoint until = Clock::now() + patience;
  while (!text.empty()) {
    iovec rest{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};  // writev(2) only reads it
    const ssize_t written = special_->write({&rest, 1});
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written == 0 || (errno != EINTR && errno != EAGAIN)) {
      return failed(path_, written == 0 ? EIO : errno);
    } else if (errno == EAGAIN && !special_->wait(until)) {
      return failed(path_, EAGAIN, "its reader does not take it");
    }
  }
  return {};
}

}  // namespace nbcrawl
