#include "serve/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "base/descriptor_shortage.hpp"

namespace nbcrawl {

namespace {

/// Clients taken before the others have their turn.
constexpr int accepts_a_turn = 64;
constexpr milliseconds retry_after{100};

Error failure(const Address& address) {
  const int cause = errno;
  return {.kind = kind_of_failed_call(cause),
          .phase = Phase::connect,
          .sys_errno = cause,
          .detail = "can't listen on " + address.to_string() + ": " + std::strerror(cause)};
}

void switch_on(int socket, int level, int option) noexcept {
  const int one = 1;
  ::setsockopt(socket, level, option, &one, sizeof one);
}

}  // namespace

Result<std::unique_ptr<Listener>> Listener::open(EventLoop& loop, const Address& address, OnAccept on_accept) {
  UniqueFd socket(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return std::unexpected(failure(address));
  switch_on(socket.get(), SOL_SOCKET, SO_REUSEADDR);
  // Accepted sockets inherit both. Urgent data stays in its place in the stream: aside from it, only a select loop
  // would hear of it, without end. Responses leave at once: ResponseWriter says itself when more follows.
  switch_on(socket.get(), SOL_SOCKET, SO_OOBINLINE);
  switch_on(socket.get(), IPPROTO_TCP, TCP_NODELAY);
  if (::bind(socket.get(), address.data(), address.size()) != 0 || ::listen(socket.get(), SOMAXCONN) != 0) {
    return std::unexpected(failure(address));
  }
  sockaddr_storage bound{};
  socklen_t size = sizeof bound;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&bound), &size) != 0)
    return std::unexpected(failure(address));
  const auto named = Address::from(reinterpret_cast<const sockaddr*>(&bound), size);
  std::unique_ptr<Listener> self(new Listener(loop, std::move(socket), named.value_or(address), std::move(on_accept)));
  auto registration = loop.watch(*self, {.readable = true});
  if (!registration) return std::unexpected(std::move(registration.error()));
  self->registration_ = std::move(*registration);
  return self;
}

Listener::Listener(EventLoop& loop, UniqueFd socket, const Address& address, OnAccept on_accept)
    : loop_(loop),
      socket_(std::move(socket)),
      retry_(loop.timers(), [this] { set_accepting(!paused_); }),
      address_(address),
      on_accept_(std::move(on_accept)) {}

void Listener::pause() noexcept {
  paused_ = true;
  set_accepting(false);
}

void Listener::resume() {
  paused_ = false;
  set_accepting(true);
}

void Listener::set_accepting(bool accepting) {
  if (!registration_.set_interest({.readable = accepting})) retry_.arm(loop_.now() + retry_after);
}

void Listener::on_ready(bool /*readable*/, bool /*writable*/) {
  for (int turns = accepts_a_turn; turns > 0 && !paused_; --turns) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    UniqueFd socket(::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (socket) {
      const auto client = Address::from(reinterpret_cast<const sockaddr*>(&peer), size);
      on_accept_(std::move(socket), client.value_or(address_));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return;
    } else if (is_descriptor_shortage(errno) || errno == ENOBUFS || errno == ENOMEM) {
      set_accepting(false);
      retry_.arm(loop_.now() + retry_after);
      return;
    }
    // Anything else is that one client's trouble: it went away before it was taken (accept(2)).
  }
}

}  // namespace nbcrawl
