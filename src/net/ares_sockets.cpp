#include "net/ares_sockets.hpp"

#include <ares.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace nbcrawl {

namespace {

template <class Call>
ares_ssize_t made_again_when_interrupted(Call call) noexcept {
  while (true) {
    const ares_ssize_t result = call();
    if (result >= 0 || errno != EINTR) return result;
  }
}

/// c-ares leaves the options of a socket that is not its own alone: they are those that it would set.
ares_socket_t open_socket(int family, int type, int protocol, void* /*unused*/) noexcept {
  const int fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  constexpr int on = 1;
  if (fd >= 0 && type == SOCK_STREAM) ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

int close_socket(ares_socket_t fd, void* /*unused*/) noexcept { return ::close(fd); }

/// Is not interrupted: it does not wait.
int connect_socket(ares_socket_t fd, const sockaddr* address, ares_socklen_t size, void* /*unused*/) noexcept {
  return ::connect(fd, address, size);
}

ares_ssize_t receive(ares_socket_t fd, void* into, size_t size, int flags, sockaddr* from, ares_socklen_t* from_size,
                     void* /*unused*/) noexcept {
  return made_again_when_interrupted([&] { return ::recvfrom(fd, into, size, flags, from, from_size); });
}

ares_ssize_t send_pieces(ares_socket_t fd, const iovec* pieces, int count, void* /*unused*/) noexcept {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces);  // sendmsg(2) reads it only
  message.msg_iovlen = static_cast<std::size_t>(count);
  return made_again_when_interrupted([&] { return ::sendmsg(fd, &message, MSG_NOSIGNAL); });
}

constexpr ares_socket_functions functions{.asocket = open_socket,
                                          .aclose = close_socket,
                                          .aconnect = connect_socket,
                                          .arecvfrom = receive,
                                          .asendv = send_pieces};

}  // namespace

void use_interruptible_sockets(ares_channeldata* channel) noexcept {
  ares_set_socket_functions(channel, &functions, nullptr);
}

}  // namespace nbcrawl
