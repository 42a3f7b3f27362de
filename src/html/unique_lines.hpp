#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/keyed_hash.hpp"

namespace nbcrawl::html {

/// Texts in the order they were added, each once. All stand in one block, with a line feed behind each, so that a
/// million of them cost two allocations that grow and nothing each. A page that chooses them takes no more time for it.
class UniqueLines {
 public:
  /// False: it is there already.
  bool add(std::string_view text);

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  [[nodiscard]] std::string_view operator[](std::size_t i) const noexcept {
    const std::size_t begin = i == 0 ? 0 : ends_[i - 1] + 1;
    return std::string_view(block_).substr(begin, ends_[i] - begin);
  }
  /// All of them, each with its line feed.
  [[nodiscard]] std::string_view block() const noexcept { return block_; }

 private:
  void grow();
  std::size_t& slot_for(std::string_view text) noexcept;

  KeyedHash hash_;
  std::string block_;
  std::vector<std::size_t> ends_;
  std::vector<std::size_t> slots_;  // hash table: 0, or 1 + the place of a text; a power of two, at most half full
};

}  // namespace nbcrawl::html
