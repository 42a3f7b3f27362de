#include "io/select_multiplexer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace nbcrawl {

namespace {

void assign(fd_set& set, int fd, bool member) noexcept {
  if (member) {
    FD_SET(fd, &set);
  } else {
    FD_CLR(fd, &set);
  }
}

}  // namespace

SelectMultiplexer::SelectMultiplexer() {
  FD_ZERO(&readable_);
  FD_ZERO(&writable_);
  FD_ZERO(&registered_);
}

Result<> SelectMultiplexer::add(int fd, Interest interest, Token token) {
  if (fd < 0 || fd >= FD_SETSIZE) {
    return std::unexpected(Error{.kind = ErrorKind::out_of_descriptors,
                                 .phase = Phase::connect,
                                 .sys_errno = EMFILE,
                                 .detail = "select can't watch descriptor " + std::to_string(fd) + ": its limit is " +
                                           std::to_string(FD_SETSIZE)});
  }
  if (std::cmp_greater_equal(fd, tokens_.size())) tokens_.resize(static_cast<std::size_t>(fd) + 1);
  highest_ = std::max(highest_, fd);
  FD_SET(fd, &registered_);
  return modify(fd, interest, token);
}

Result<> SelectMultiplexer::modify(int fd, Interest interest, Token token) {
  tokens_[static_cast<std::size_t>(fd)] = token;
  assign(readable_, fd, interest.readable);
  assign(writable_, fd, interest.writable);
  return {};
}

void SelectMultiplexer::remove(int fd) {
  if (fd < 0 || fd > highest_) return;
  FD_CLR(fd, &readable_);
  FD_CLR(fd, &writable_);
  FD_CLR(fd, &registered_);
  while (highest_ >= 0 && !FD_ISSET(highest_, &registered_)) --highest_;
}

Result<> SelectMultiplexer::wait(std::optional<Duration> timeout, std::vector<Ready>& ready) {
  ready.clear();
  timeval limit{};
  if (timeout) {
    const auto total = std::chrono::ceil<microseconds>(std::max(*timeout, Duration::zero())).count();
    limit.tv_sec = static_cast<time_t>(total / 1'000'000);
    limit.tv_usec = static_cast<suseconds_t>(total % 1'000'000);
  }
  fd_set readable = readable_;
  fd_set writable = writable_;
  // No third set: it tells of urgent data, not of errors, and one urgent byte that nobody reads would end every wait.
  int left = ::select(highest_ + 1, &readable, &writable, nullptr, timeout ? &limit : nullptr);
  if (left < 0 && errno != EINTR) {
    return std::unexpected(Error{.kind = ErrorKind::system_failed,
                                 .phase = Phase::connect,
                                 .sys_errno = errno,
                                 .detail = std::string("select: ") + std::strerror(errno)});
  }
  for (int fd = 0; fd <= highest_ && left > 0; ++fd) {
    const bool can_read = FD_ISSET(fd, &readable);
    const bool can_write = FD_ISSET(fd, &writable);
    left -= static_cast<int>(can_read) + static_cast<int>(can_write);
    if (can_read || can_write) {
      ready.push_back({.token = tokens_[static_cast<std::size_t>(fd)], .readable = can_read, .writable = can_write});
    }
  }
  return {};
}

}  // namespace nbcrawl
