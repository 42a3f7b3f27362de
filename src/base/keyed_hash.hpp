#pragma once

#include <cstdint>
#include <string_view>

namespace nbcrawl {

/// SipHash-1-3 (https://www.aumasson.jp/siphash/siphash.pdf) with a key that the process draws at random: who
/// chooses the texts, as a page does, can't make them fall on one another in a hash table. Thread-safe. Also the hash
/// of a table itself: `std::unordered_map<std::string, T, KeyedHash, std::equal_to<>>`.
class KeyedHash {
 public:
  using is_transparent = void;
  struct Key {
    std::uint64_t first;
    std::uint64_t second;
  };

  KeyedHash() noexcept;
  explicit KeyedHash(const Key& key) noexcept : key_(key) {}

  [[nodiscard]] std::uint64_t operator()(std::string_view text) const noexcept;

 private:
  Key key_;
};

}  // namespace nbcrawl
