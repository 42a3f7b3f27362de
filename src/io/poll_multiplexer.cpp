#include "io/poll_multiplexer.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "io/wait_timeout.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t absent = static_cast<std::size_t>(-1);

short events_of(Interest interest) noexcept {
  return static_cast<short>((interest.readable ? POLLIN : 0) | (interest.writable ? POLLOUT : 0));
}

}  // namespace

Result<> PollMultiplexer::add(int fd, Interest interest, Token token) {
  if (fd < 0) {
    return std::unexpected(Error{.kind = ErrorKind::system_failed,
                                 .phase = Phase::connect,
                                 .sys_errno = EBADF,
                                 .detail = "poll can't watch descriptor " + std::to_string(fd)});
  }
  const auto index = static_cast<std::size_t>(fd);
  if (index >= at_.size()) at_.resize(index + 1, absent);
  at_[index] = entries_.size();
  entries_.push_back({.fd = fd, .events = events_of(interest), .revents = 0});
  tokens_.push_back(token);
  return {};
}

Result<> PollMultiplexer::modify(int fd, Interest interest, Token token) {
  const std::size_t i = at_[static_cast<std::size_t>(fd)];
  entries_[i].events = events_of(interest);
  tokens_[i] = token;
  return {};
}

void PollMultiplexer::remove(int fd) {
  const auto index = static_cast<std::size_t>(fd);
  if (fd < 0 || index >= at_.size() || at_[index] == absent) return;
  // The last entry takes the place of the one that goes: no shifting.
  const std::size_t i = std::exchange(at_[index], absent);
  if (i + 1 != entries_.size()) {
    entries_[i] = entries_.back();
    tokens_[i] = tokens_.back();
    at_[static_cast<std::size_t>(entries_[i].fd)] = i;
  }
  entries_.pop_back();
  tokens_.pop_back();
}

Result<> PollMultiplexer::wait(std::optional<Duration> timeout, std::vector<Ready>& ready) {
  ready.clear();
  int left = ::poll(entries_.data(), entries_.size(), wait_timeout_ms(timeout));
  if (left < 0 && errno != EINTR) {
    return std::unexpected(Error{.kind = ErrorKind::system_failed,
                                 .phase = Phase::connect,
                                 .sys_errno = errno,
                                 .detail = std::string("poll: ") + std::strerror(errno)});
  }
  for (std::size_t i = 0; i < entries_.size() && left > 0; ++i) {
    const short events = entries_[i].revents;
    if (events == 0) continue;
    --left;
    const bool failed = (events & (POLLHUP | POLLERR | POLLNVAL)) != 0;
    ready.push_back({.token = tokens_[i],
                     .readable = failed || (events & POLLIN) != 0,
                     .writable = failed || (events & POLLOUT) != 0});
  }
  return {};
}

}  // namespace nbcrawl
