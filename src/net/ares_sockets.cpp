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

}  // namespace

struct AresSockets::Calls {
  static std::unordered_map<int, AnswerLimit>& streams_of(void* self) noexcept {
    return static_cast<AresSockets*>(self)->streams_;
  }

  /// c-ares leaves the options of a socket that is not its own alone: they are those that it would set.
  static ares_socket_t open(int family, int type, int protocol, void* self) noexcept {
    const int fd = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    constexpr int on = 1;
    if (fd >= 0 && type == SOCK_STREAM) {
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      streams_of(self)[fd] = AnswerLimit();
    }
    return fd;
  }

  static int close(ares_socket_t fd, void* self) noexcept {
    streams_of(self).erase(fd);
    return ::close(fd);
  }

  /// Is not interrupted: it does not wait.
  static int connect(ares_socket_t fd, const sockaddr* address, ares_socklen_t size, void* /*self*/) noexcept {
    return ::connect(fd, address, size);
  }

  static ares_ssize_t receive(ares_socket_t fd, void* into, size_t size, int flags, sockaddr* from,
                              ares_socklen_t* from_size, void* self) noexcept {
    const ares_ssize_t got =
        made_again_when_interrupted([&] { return ::recvfrom(fd, into, size, flags, from, from_size); });
    const auto stream = streams_of(self).find(fd);
    if (got > 0 && stream != streams_of(self).end()) {
      stream->second.apply({static_cast<unsigned char*>(into), static_cast<std::size_t>(got)});
    }
    return got;
  }

  static ares_ssize_t send(ares_socket_t fd, const iovec* pieces, int count, void* /*self*/) noexcept {
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces);  // sendmsg(2) reads it only
    message.msg_iovlen = static_cast<std::size_t>(count);
    return made_again_when_interrupted([&] { return ::sendmsg(fd, &message, MSG_NOSIGNAL); });
  }
};

void AresSockets::serve(ares_channeldata* channel) noexcept {
  static constexpr ares_socket_functions calls{.asocket = Calls::open,
                                               .aclose = Calls::close,
                                               .aconnect = Calls::connect,
                                               .arecvfrom = Calls::receive,
                                               .asendv = Calls::send};
  ares_set_socket_functions(channel, &calls, this);
}

}  // namespace nbcrawl
