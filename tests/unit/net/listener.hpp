#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <vector>

#include "base/unique_fd.hpp"
#include "catch2_shim.hpp"
#include "net/address.hpp"

namespace nbcrawl {

inline UniqueFd new_socket(int family, int type = SOCK_STREAM) {
  UniqueFd fd(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  REQUIRE(fd);
  return fd;
}

inline Address local_address(int fd) {
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0);
  return *Address::from(reinterpret_cast<sockaddr*>(&name), size);
}

/// Whether the loopback interface has ::1 too; many containers do not.
inline bool has_ipv6() {
  const UniqueFd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Address any = *Address::parse("::1", 0);
  return fd && ::bind(fd.get(), any.data(), any.size()) == 0;
}

/// A listening socket of the loopback interface, on a port of its own or the one asked for.
class Listener {
 public:
  explicit Listener(const char* ip = "127.0.0.1", std::uint16_t port = 0, int backlog = 8)
      : fd_(new_socket(Address::parse(ip, 0)->family())) {
    const Address any = *Address::parse(ip, port);
    const int yes = 1;
    if (any.family() == AF_INET6) ::setsockopt(fd_.get(), IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    REQUIRE(::bind(fd_.get(), any.data(), any.size()) == 0);
    REQUIRE(::listen(fd_.get(), backlog) == 0);
    address = local_address(fd_.get());
  }
  [[nodiscard]] int fileno() const noexcept { return fd_.get(); }
  /// The next client; empty: none has come.
  [[nodiscard]] UniqueFd accept() const { return UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)); }
  Address address;

 private:
  UniqueFd fd_;
};

/// An address that answers no SYN: its queue is full, and nobody accepts.
class DeadAddress {
 public:
  explicit DeadAddress(const char* ip = "127.0.0.1") : listener_(ip, 0, 0) {
    for (bool is_full = false; !is_full;) {
      UniqueFd client = new_socket(address().family());
      ::connect(client.get(), address().data(), address().size());
      pollfd connected{.fd = client.get(), .events = POLLOUT, .revents = 0};
      is_full = ::poll(&connected, 1, 20) == 0;
      clients_.push_back(std::move(client));
    }
  }
  [[nodiscard]] const Address& address() const noexcept { return listener_.address; }

 private:
  Listener listener_;
  std::vector<UniqueFd> clients_;
};

/// A port of the loopback interface that nobody listens on.
inline Address refusing_address(const char* ip = "127.0.0.1") {
  const UniqueFd fd = new_socket(Address::parse(ip, 0)->family());
  const Address any = *Address::parse(ip, 0);
  REQUIRE(::bind(fd.get(), any.data(), any.size()) == 0);
  return local_address(fd.get());
}

}  // namespace nbcrawl
