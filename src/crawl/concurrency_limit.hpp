#pragma once

#include <algorithm>
#include <cstddef>

namespace nbcrawl {

/// How many transfers or commands may be under way: as many as are wanted, but fewer for a while after the system had
/// no room for one more. It is tried again, one at a time, since what was short may be there again.
class ConcurrencyLimit {
 public:
  explicit ConcurrencyLimit(std::size_t wanted) noexcept : wanted_(std::max<std::size_t>(wanted, 1)), now_(wanted_) {}

  /// Done at the limit before one more is tried: what a vain try costs is then nothing beside them.
  static constexpr std::size_t rounds = 16;

  [[nodiscard]] std::size_t now() const noexcept { return now_; }
  [[nodiscard]] bool is_lowered() const noexcept { return now_ < wanted_; }
  /// So many are under way, and there is no room for another.
  void lower(std::size_t under_way) noexcept {
    now_ = std::max<std::size_t>(under_way, 1);
    done_ = 0;
  }
  /// One found what it needs.
  void on_done() noexcept {
    if (now_ == wanted_ || ++done_ < rounds * now_) return;
    ++now_;
    done_ = 0;
  }

 private:
  std::size_t wanted_;
  std::size_t now_;
  std::size_t done_ = 0;  // since the limit was changed
};

}  // namespace nbcrawl
