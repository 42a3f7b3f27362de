#include "base/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace nbcrawl {

void append_base64(std::string& out, std::string_view bytes) {
  constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::size_t to = out.size();
  out.resize(to + (bytes.size() + 2) / 3 * 4, '=');
  const auto byte = [&](std::size_t i) -> std::uint32_t {
    return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0;
  };
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::uint32_t group = byte(i) << 16U | byte(i + 1) << 8U | byte(i + 2);
    const std::size_t digits = i + 3 <= bytes.size() ? 4 : bytes.size() - i + 1;
    for (std::size_t digit = 0; digit < digits; ++digit) {
      out[to + digit] = alphabet[(group >> (18U - 6U * static_cast<unsigned>(digit))) & 0x3FU];
    }
    to += 4;
  }
}

}  // namespace nbcrawl
