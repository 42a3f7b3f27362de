#include "net/address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace nbcrawl {

namespace {

sockaddr_in& as_v4(sockaddr_storage& storage) noexcept { return reinterpret_cast<sockaddr_in&>(storage); }
sockaddr_in6& as_v6(sockaddr_storage& storage) noexcept { return reinterpret_cast<sockaddr_in6&>(storage); }
const sockaddr_in& as_v4(const sockaddr_storage& storage) noexcept {
  return reinterpret_cast<const sockaddr_in&>(storage);
}
const sockaddr_in6& as_v6(const sockaddr_storage& storage) noexcept {
  return reinterpret_cast<const sockaddr_in6&>(storage);
}

}  // namespace

std::optional<Address> Address::parse(std::string_view literal, std::uint16_t port) {
  const std::string text(literal);
  Address address;
  if (inet_pton(AF_INET, text.c_str(), &as_v4(address.storage_).sin_addr) == 1) {
    address.storage_.ss_family = AF_INET;
  } else if (inet_pton(AF_INET6, text.c_str(), &as_v6(address.storage_).sin6_addr) == 1) {
    address.storage_.ss_family = AF_INET6;
  } else {
    return std::nullopt;
  }
  address.set_port(port);
  return address;
}

std::optional<Address> Address::from(const sockaddr* address, socklen_t size) {
  const bool v4 = address->sa_family == AF_INET && size >= sizeof(sockaddr_in);
  const bool v6 = address->sa_family == AF_INET6 && size >= sizeof(sockaddr_in6);
  if (!v4 && !v6) return std::nullopt;
  Address copy;
  std::memcpy(&copy.storage_, address, v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
  return copy;
}

socklen_t Address::size() const noexcept { return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6); }

std::uint16_t Address::port() const noexcept {
  return ntohs(family() == AF_INET ? as_v4(storage_).sin_port : as_v6(storage_).sin6_port);
}

void Address::set_port(std::uint16_t port) noexcept {
  if (family() == AF_INET) {
    as_v4(storage_).sin_port = htons(port);
  } else {
    as_v6(storage_).sin6_port = htons(port);
  }
}

std::string Address::ip() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes = family() == AF_INET ? static_cast<const void*>(&as_v4(storage_).sin_addr)
                                          : static_cast<const void*>(&as_v6(storage_).sin6_addr);
  return inet_ntop(family(), bytes, text.data(), text.size()) != nullptr ? text.data() : "";
}

std::string Address::to_string() const {
  const std::string port_text = std::to_string(port());
  return family() == AF_INET ? ip() + ":" + port_text : "[" + ip() + "]:" + port_text;
}

}  // namespace nbcrawl
