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

// The first byte in the lowest place.
template <class Word>
std::uint64_t load(const char* bytes) noexcept {
  Word word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return std::endian::native == std::endian::little ? word : std::byteswap(word);
}

// Fewer than eight bytes: four, two and one of them, as many as there are.
std::uint64_t load_rest(std::string_view rest) noexcept {
  const std::size_t size = rest.size();
  std::uint64_t word = 0;
  if ((size & 1U) != 0) word = load<std::uint8_t>(rest.data() + (size & 6U));
  if ((size & 2U) != 0) word = word << 16U | load<std::uint16_t>(rest.data() + (size & 4U));
  if ((size & 4U) != 0) word = word << 32U | load<std::uint32_t>(rest.data());
  return word;
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
  using Word = std::uint64_t;
  const Word size = text.size();
  for (; text.size() >= sizeof(Word); text.remove_prefix(sizeof(Word))) state.add(load<Word>(text.data()));
  state.add(size << 56U | load_rest(text));
  state.v2 ^= 0xFFU;
  for (int i = 0; i < 3; ++i) state.round();
  return state.v0 ^ state.v1 ^ state.v2 ^ state.v3;
}

}  // namespace nbcrawl
