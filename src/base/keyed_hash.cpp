#include "base/keyed_hash.hpp"

#include <sys/random.h>

#include <bit>
#include <cstddef>
#include <cstring>

namespace nbcrawl {
namespace {

struct State {
  std::uint64_t v0, v1, v2, v3;

  void round() noexcept {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }

  void add(std::uint64_t word) noexcept {
    v3 ^= word;
    round();
    v0 ^= word;
  }
};

// Up to eight bytes, the first in the lowest place.
inline std::uint64_t load(const char* bytes, std::size_t size) noexcept {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, size);
  return std::endian::native == std::endian::little ? word : std::byteswap(word);
}

// Drawn once: a system call for each hash table would show. For so few bytes the kernel neither fails nor returns less
// once it has started (getrandom(2)).
const KeyedHash::Key& key_of_process() noexcept {
  static const KeyedHash::Key drawn = [] {
    KeyedHash::Key key{};
    [[maybe_unused]] const auto size = getrandom(&key, sizeof key, 0);
    return key;
  }();
  return drawn;
}

}  // namespace

KeyedHash::KeyedHash() noexcept : key_(key_of_process()) {}

std::uint64_t KeyedHash::operator()(std::string_view text) const noexcept {
  State state{.v0 = key_.first ^ 0x736F6D6570736575U,
              .v1 = key_.second ^ 0x646F72616E646F6DU,
              .v2 = key_.first ^ 0x6C7967656E657261U,
              .v3 = key_.second ^ 0x7465646279746573U};
  constexpr std::size_t word = sizeof(std::uint64_t);
  const std::uint64_t size = text.size();
  for (; text.size() >= word; text.remove_prefix(word)) state.add(load(text.data(), word));
  state.add(size << 56U | load(text.data(), text.size()));
  state.v2 ^= 0xFFU;
  for (int i = 0; i < 3; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace nbcrawl
