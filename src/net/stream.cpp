#include "net/stream.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace nbcrawl {

namespace {

IoResult result_of(ssize_t moved) noexcept {
  if (moved >= 0) return {.status = IoStatus::ok, .bytes = static_cast<std::size_t>(moved)};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {.status = IoStatus::would_block};
  return {.status = IoStatus::failed, .sys_errno = errno};
}

}  // namespace

IoResult TcpStream::read(std::span<char> into) {
  const IoResult result = result_of(::recv(fd_.get(), into.data(), into.size(), 0));
  if (result.status == IoStatus::ok && result.bytes == 0) return {.status = IoStatus::closed};
  return result;
}

IoResult TcpStream::write(std::span<const char> from) {
  return result_of(::send(fd_.get(), from.data(), from.size(), MSG_NOSIGNAL));
}

}  // namespace nbcrawl
