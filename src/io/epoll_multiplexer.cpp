#include "io/epoll_multiplexer.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/descriptor_shortage.hpp"
#include "io/wait_timeout.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t reports_per_wait = 512;

std::uint64_t pack(Token token) noexcept { return (static_cast<std::uint64_t>(token.generation) << 32U) | token.slot; }

Token unpack(std::uint64_t data) noexcept {
  return {.slot = static_cast<std::uint32_t>(data), .generation = static_cast<std::uint32_t>(data >> 32U)};
}

Error failure(const char* call, int fd) {
  const int cause = errno;
  return {.kind = kind_of_failed_call(cause),
          .phase = Phase::connect,
          .sys_errno = cause,
          .detail = std::string(call) + " of descriptor " + std::to_string(fd) + ": " + std::strerror(cause)};
}

}  // namespace

Result<std::unique_ptr<Multiplexer>> EpollMultiplexer::open() {
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!epoll) return std::unexpected(failure("epoll_create1", -1));
  return std::make_unique<EpollMultiplexer>(std::move(epoll));
}

EpollMultiplexer::EpollMultiplexer(UniqueFd epoll) : epoll_(std::move(epoll)), events_(reports_per_wait) {}

Result<> EpollMultiplexer::add(int fd, Interest interest, Token token) {
  return control(EPOLL_CTL_ADD, fd, interest, token);
}

Result<> EpollMultiplexer::modify(int fd, Interest interest, Token token) {
  return control(EPOLL_CTL_MOD, fd, interest, token);
}

void EpollMultiplexer::remove(int fd) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

Result<> EpollMultiplexer::control(int operation, int fd, Interest interest, Token token) {
  epoll_event event{};
  event.events = (interest.readable ? EPOLLIN : 0U) | (interest.writable ? EPOLLOUT : 0U);
  event.data.u64 = pack(token);
  if (::epoll_ctl(epoll_.get(), operation, fd, &event) != 0) return std::unexpected(failure("epoll_ctl", fd));
  return {};
}

Result<> EpollMultiplexer::wait(std::optional<Duration> timeout, std::vector<Ready>& ready) {
  ready.clear();
  const int count =
      ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), wait_timeout_ms(timeout));
  if (count < 0 && errno != EINTR) return std::unexpected(failure("epoll_wait", epoll_.get()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    const bool failed = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
    ready.push_back({.token = unpack(event.data.u64),
                     .readable = failed || (event.events & EPOLLIN) != 0,
                     .writable = failed || (event.events & EPOLLOUT) != 0});
  }
  return {};
}

}  // namespace nbcrawl
