#include "net/stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace nbcrawl {

namespace {

IoResult result_of(ssize_t moved) noexcept {
  if (moved >= 0) return {.status = IoStatus::ok, .bytes = static_cast<std::size_t>(moved)};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {.status = IoStatus::would_block};
  return {.status = IoStatus::failed, .sys_errno = errno};
}

IoResult of_read(ssize_t moved, std::size_t wanted) noexcept {
  if (moved == 0) return {.status = IoStatus::closed};
  IoResult result = result_of(moved);
  result.more = result.bytes == wanted;
  return result;
}

ErrorKind kind_of(int cause) noexcept {
  switch (cause) {
    case ECONNRESET:
    case EPIPE:
    case ETIMEDOUT: return ErrorKind::connection_reset;  // the last: given up by the system, the job has time left
    case EHOSTUNREACH:
    case ENETUNREACH: return ErrorKind::connect_unreachable;
    default: return ErrorKind::connect_failed;
  }
}

}  // namespace

Error Stream::failure(const IoResult& result) const {
  return {.kind = kind_of(result.sys_errno),
          .phase = Phase::response,
          .sys_errno = result.sys_errno,
          .detail = std::string("the connection failed: ") + std::strerror(result.sys_errno)};
}

IoResult TcpStream::read(std::span<char> into) {
  return of_read(::recv(fd_.get(), into.data(), into.size(), 0), into.size());
}

IoResult TcpStream::read_two(std::span<char> first, std::span<char> second) {
  std::array<iovec, 2> parts{
      {{.iov_base = first.data(), .iov_len = first.size()}, {.iov_base = second.data(), .iov_len = second.size()}}};
  return of_read(::readv(fd_.get(), parts.data(), parts.size()), first.size() + second.size());
}

IoResult TcpStream::write(std::span<const char> from) {
  return result_of(::send(fd_.get(), from.data(), from.size(), MSG_NOSIGNAL));
}

}  // namespace nbcrawl
