#include "io/fd_output.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/file_mark.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t gathered_bytes = 64 * 1024;  // what a pipe holds
/// Who reads along does not notice. Less than a tick would have the kernel set its timer anew for each wait of the
/// loop.
constexpr milliseconds gathered_time(20);
constexpr std::size_t write_through_bytes = 16 * 1024;  // from here on a copy costs more than a system call
constexpr std::size_t kept_capacity = 2 * 1024 * 1024;
constexpr std::size_t max_vectors = 16;

Error failure(std::string_view name, std::string_view why, int cause) {
  return {.kind = ErrorKind::output_failed,
          .phase = Phase::output,
          .sys_errno = cause,
          .detail = "can't write " + std::string(name) + ": " + std::string(why)};
}

/// Until this open file description is closed. False: another has the lock. Where the file system has none, as with
/// NFS, nobody can tell.
bool lock(int fd) noexcept { return ::flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK; }

iovec vector_of(std::string_view bytes) noexcept {
  return {.iov_base = const_cast<char*>(bytes.data()), .iov_len = bytes.size()};  // writev(2) only reads it
}

/// Takes the first `bytes` off.
void pass_over(std::span<iovec> vectors, std::size_t bytes) noexcept {
  for (iovec& vector : vectors) {
    const std::size_t of_this = std::min(bytes, vector.iov_len);
    vector.iov_base = static_cast<char*>(vector.iov_base) + of_this;
    vector.iov_len -= of_this;
    bytes -= of_this;
  }
}

/// Whether what is written next stands behind the beginning of a line, such as one that a killed run has left.
bool stands_inside_a_line(int fd) {
  struct stat status{};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return false;
  const bool appends = (::fcntl(fd, F_GETFL) & O_APPEND) != 0;
  const off_t place = appends ? status.st_size : ::lseek(fd, 0, SEEK_CUR);
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));  // `fd` may be for writing only
  char before = '\n';
  return place > 0 && file && ::pread(file.get(), &before, 1, place - 1) == 1 && before != '\n';
}

}  // namespace

Result<std::unique_ptr<FdOutput>> FdOutput::borrow(EventLoop& loop, int fd, std::string name) {
  auto borrowed = NonblockingFd::borrow(fd);
  if (!borrowed) return std::unexpected(failure(name, std::strerror(borrowed.error()), borrowed.error()));
  return std::unique_ptr<FdOutput>(new FdOutput(loop, std::move(*borrowed), std::move(name)));
}

Result<std::unique_ptr<FdOutput>> FdOutput::create(EventLoop& loop, const std::string& path) {
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666));
  if (!file) return std::unexpected(failure(path, std::strerror(errno), errno));
  return std::unique_ptr<FdOutput>(new FdOutput(loop, NonblockingFd(std::move(file)), path));
}

Result<std::unique_ptr<FdOutput>> FdOutput::take(EventLoop& loop, const std::string& path) {
  struct stat status{};
  // To be read too, for its mark; but a FIFO that is opened so has a reader, us.
  const bool is_file = ::stat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
  const int access = is_file ? O_RDWR : O_WRONLY;
  UniqueFd file(::open(path.c_str(), access | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666));
  if (!file || ::fstat(file.get(), &status) != 0) return std::unexpected(failure(path, std::strerror(errno), errno));
  const bool is_own_file = S_ISREG(status.st_mode);
  if (is_own_file && !lock(file.get())) return std::unexpected(failure(path, "another process has locked it", 0));
  std::unique_ptr<FdOutput> output(new FdOutput(loop, NonblockingFd(std::move(file)), path));
  output->is_own_file_ = is_own_file;
  return output;
}

Result<> FdOutput::clear() {
  struct stat status{};
  const bool is_known = ::fstat(fileno(), &status) == 0;
  if (!is_known || (S_ISREG(status.st_mode) && ::ftruncate(fileno(), 0) != 0)) return fail(errno, std::strerror(errno));
  return {};
}

Result<> FdOutput::go_on(std::uint64_t bytes, std::uint64_t mark) {
  if (!is_own_file_) return {};
  const int fd = fileno();
  struct stat status{};
  if (::fstat(fd, &status) != 0) return fail(errno, std::strerror(errno));
  if (std::cmp_less(status.st_size, bytes)) {
    return fail(
        0, "it has " + std::to_string(status.st_size) + " bytes, and an earlier run wrote " + std::to_string(bytes));
  }
  const auto found = file_mark(fd, bytes);
  if (!found) return fail(errno, std::strerror(errno));
  if (mark != 0 && *found != mark)
    return fail(0, "what stands before its byte " + std::to_string(bytes) + " is not what an earlier run wrote");
  const auto end = static_cast<off_t>(bytes);
  if (::ftruncate(fd, end) != 0 || ::lseek(fd, end, SEEK_SET) != end) return fail(errno, std::strerror(errno));
  position_ = bytes;
  return {};
}

Result<std::uint64_t> FdOutput::mark() const {
  if (const auto mark = file_mark(fileno(), position_)) return *mark;
  return std::unexpected(failure(name_, std::strerror(errno), errno));
}

FdOutput::FdOutput(EventLoop& loop, NonblockingFd fd, std::string name)
    : loop_(loop), fd_(std::move(fd)), name_(std::move(name)), gathering_(loop.timers(), [this] { drain(); }) {
  pending_.reserve(gathered_bytes + write_through_bytes);
}

Result<> FdOutput::write(std::span<const std::string_view> pieces) {
  if (auto good = check(); !good) return good;
  std::size_t total = 0;
  for (const std::string_view piece : pieces) total += piece.size();
  const bool waiting = static_cast<bool>(registration_);
  if (!waiting && total >= write_through_bytes && pieces.size() < max_vectors) return write_through(pieces);
  for (const std::string_view piece : pieces) keep(piece);
  if (waiting) return {};
  if (pending_bytes() >= gathered_bytes) return drain();
  if (!gathering_.armed()) gathering_.arm(loop_.now() + gathered_time);
  return {};
}

Result<> FdOutput::begin_line() {
  constexpr std::string_view end = "\n";
  return stands_inside_a_line(fd_.fileno()) ? write(std::span(&end, 1)) : Result<>();
}

Result<> FdOutput::check() const {
  if (error_) return std::unexpected(*error_);
  return {};
}

Result<> FdOutput::check_taken() const {
  if (!error_ && pending_bytes() > 0)
    return std::unexpected(failure(name_, "its reader has not taken all of it before the run was stopped", 0));
  return check();
}

Result<> FdOutput::flush() {
  if (auto good = check(); !good) return good;
  if (registration_) return {};
  return drain();
}

Result<> FdOutput::close() {
  if (auto good = check(); !good) return good;
  registration_.reset();
  if (auto closed = fd_.close(); !closed) return fail(closed.error(), std::strerror(closed.error()));
  return {};
}

void FdOutput::on_ready(bool /*readable*/, bool /*writable*/) {
  const bool drained = drain() && pending_bytes() == 0;
  if (drained) registration_.reset();
}

Result<> FdOutput::drain() {
  gathering_.disarm();
  if (pending_bytes() == 0) return {};
  iovec vector = vector_of(std::string_view(pending_).substr(begin_));
  const auto taken = put({&vector, 1});
  if (!taken) return std::unexpected(taken.error());
  drop(*taken);
  return {};
}

Result<> FdOutput::write_through(std::span<const std::string_view> pieces) {
  std::array<iovec, max_vectors> vectors{};
  const std::size_t before = pending_bytes();
  vectors[0] = vector_of(std::string_view(pending_).substr(begin_));
  std::ranges::transform(pieces, vectors.begin() + 1, vector_of);
  const auto taken = put(std::span(vectors).first(pieces.size() + 1));
  if (!taken) return std::unexpected(taken.error());
  drop(std::min(before, *taken));
  std::size_t written = *taken - std::min(before, *taken);
  for (const std::string_view piece : pieces) {
    const std::size_t of_piece = std::min(written, piece.size());
    keep(piece.substr(of_piece));
    written -= of_piece;
  }
  return {};
}

/// Puts all there is until the descriptor takes no more, and then waits for it. How many bytes it took.
Result<std::size_t> FdOutput::put(std::span<iovec> vectors) {
  std::size_t taken = 0;
  for (;;) {
    while (!vectors.empty() && vectors.front().iov_len == 0) vectors = vectors.subspan(1);
    if (vectors.empty()) return taken;
    const ssize_t count = fd_.write(vectors);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      if (auto waits = wait_until_writable(); !waits) return std::unexpected(std::move(waits.error()));
      return taken;
    }
    const int cause = count == 0 ? EIO : errno;  // to take nothing of something is no answer
    if (count <= 0) return fail(cause, std::strerror(cause));
    taken += static_cast<std::size_t>(count);
    position_ += static_cast<std::size_t>(count);
    pass_over(vectors, static_cast<std::size_t>(count));
  }
}

void FdOutput::keep(std::string_view bytes) {
  const bool full = pending_.size() + bytes.size() > pending_.capacity();
  if (full && begin_ >= pending_bytes()) {  // what is moved is never more than what was written since the last move
    pending_.erase(0, begin_);
    begin_ = 0;
  }
  pending_.append(bytes);
}

void FdOutput::drop(std::size_t bytes) {
  begin_ += bytes;
  if (begin_ < pending_.size()) return;
  begin_ = 0;
  pending_.clear();
  if (pending_.capacity() > kept_capacity) pending_.shrink_to_fit();
}

Result<> FdOutput::wait_until_writable() {
  if (registration_) return {};
  auto watched = loop_.watch(*this, {.writable = true});
  if (!watched) return fail(watched.error().sys_errno, watched.error().detail);
  registration_ = std::move(*watched);
  return {};
}

std::unexpected<Error> FdOutput::fail(int cause, std::string_view why) {
  error_ = failure(name_, why, cause);
  registration_.reset();
  pending_.clear();
  begin_ = 0;
  return std::unexpected(*error_);
}

}  // namespace nbcrawl
