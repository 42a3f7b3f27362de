#pragma once

#include <sys/eventfd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/unique_fd.hpp"

namespace nbcrawl {

/// Stops the program: a benchmark that could not do all it says measures something else.
inline void require(bool done, const char* what) {
  if (done) return;
  std::perror(what);
  std::exit(1);
}

/// An eventfd: readable from signal() to clear(), and one descriptor where a loopback connection would take two.
class EventCounter {
 public:
  explicit EventCounter(int flags) : fd_(::eventfd(0, EFD_CLOEXEC | flags)) {
    require(static_cast<bool>(fd_), "eventfd");
  }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  void signal() const { require(::eventfd_write(fd_.get(), 1) == 0, "eventfd_write"); }
  /// Waits for a signal where the counter is a blocking one.
  void clear() const {
    std::uint64_t count = 0;
    require(::eventfd_read(fd_.get(), &count) == 0, "eventfd_read");
  }

 private:
  UniqueFd fd_;
};

/// What the multiplexers watch, and which of them are active in which round: evenly spread, others each round, always
/// in rising order, so that the caches meet them alike with and without a multiplexer.
class EventCounters {
 public:
  explicit EventCounters(std::size_t count) {
    counters_.reserve(count);
    for (std::size_t i = 0; i < count; ++i) counters_.emplace_back(EFD_NONBLOCK);
  }
  [[nodiscard]] std::size_t size() const noexcept { return counters_.size(); }
  [[nodiscard]] const EventCounter& operator[](std::size_t i) const noexcept { return counters_[i]; }
  [[nodiscard]] const EventCounter& active(std::size_t round, std::size_t i, std::size_t active_count) const noexcept {
    return counters_[round * 7919 % (size() / active_count) + i * size() / active_count];
  }

 private:
  std::vector<EventCounter> counters_;
};

}  // namespace nbcrawl
