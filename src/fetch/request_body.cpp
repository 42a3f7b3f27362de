#include "fetch/request_body.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace nbcrawl {

namespace {

std::unexpected<Error> failure(const std::string& path, std::string_view cause, int sys_errno) {
  return std::unexpected(Error{.kind = ErrorKind::body_file_failed,
                               .phase = Phase::request,
                               .sys_errno = sys_errno,
                               .detail = "can't send " + path + ": " + std::string(cause)});
}

}  // namespace

Result<> RequestBody::begin(const JobOptions& options) {
  clear();
  if (options.body) text_ = *options.body;
  if (options.body_file.empty()) return {};
  path_ = &options.body_file;
  // O_NONBLOCK: a FIFO that nobody writes must not hold up the loop; it is refused below.
  file_.reset(::open(path_->c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!file_ || ::fstat(file_.get(), &status) != 0) return failure(*path_, std::strerror(errno), errno);
  if (!S_ISREG(status.st_mode)) return failure(*path_, "not a regular file", 0);
  file_bytes_ = static_cast<std::uint64_t>(status.st_size);
  return {};
}

void RequestBody::begin(std::string_view text) {
  clear();
  text_ = text;
}

void RequestBody::clear() {
  text_ = {};
  file_.reset();
  file_bytes_ = 0;
}

Result<std::size_t> RequestBody::read(std::span<char> into) {
  if (!text_.empty()) {
    const std::size_t bytes = text_.copy(into.data(), into.size());
    text_.remove_prefix(bytes);
    return bytes;
  }
  if (file_bytes_ == 0) return 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), file_bytes_));
  const ssize_t got = ::read(file_.get(), into.data(), wanted);
  if (got < 0) return failure(*path_, std::strerror(errno), errno);
  if (got == 0) return failure(*path_, "the file became shorter while it was sent", 0);
  file_bytes_ -= static_cast<std::uint64_t>(got);
  return static_cast<std::size_t>(got);
}

}  // namespace nbcrawl
