#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nbcrawl {

/// An IPv4 or IPv6 address with its port, as connect(2) takes it. A value.
class Address {
 public:
  /// Parses an address literal without brackets. nullopt: not one.
  static std::optional<Address> parse(std::string_view literal, std::uint16_t port);
  /// Copies a sockaddr of family AF_INET or AF_INET6. nullopt: another family, or too short.
  static std::optional<Address> from(const sockaddr* address, socklen_t size);

  [[nodiscard]] int family() const noexcept { return storage_.ss_family; }
  [[nodiscard]] const sockaddr* data() const noexcept { return reinterpret_cast<const sockaddr*>(&storage_); }
  [[nodiscard]] socklen_t size() const noexcept;
  [[nodiscard]] std::uint16_t port() const noexcept;
  void set_port(std::uint16_t port) noexcept;

  /// Without port and without brackets.
  [[nodiscard]] std::string ip() const;
  /// For people: 127.0.0.1:80 or [::1]:80.
  [[nodiscard]] std::string to_string() const;

 private:
  sockaddr_storage storage_{};
};

}  // namespace nbcrawl
