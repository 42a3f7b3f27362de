#pragma once

#include <cstddef>

#include "crawl/concurrency_limit.hpp"
#include "crawl/fetching.hpp"
#include "io/event_loop.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Whether a transfer failed for want of what others under way give back when they are done: descriptors, local ports,
/// the kernel's memory for sockets. `others_of_host`: transfers of the same host that are under way.
[[nodiscard]] bool is_shortage(const Error& error, std::size_t others_of_host) noexcept;

/// The room that the system has for transfers. Where it is short, idle connections give up theirs, and fewer transfers
/// are under way for a while. On the run's thread.
class Room {
 public:
  /// The loop is borrowed. `wanted`: transfers under way at once where there is room for all.
  Room(EventLoop& loop, std::size_t wanted) noexcept : loop_(loop), limit_(wanted) {}

  /// So many transfers may be under way.
  [[nodiscard]] std::size_t transfers() const noexcept { return limit_.now(); }

  /// A transfer begins beside so many.
  void on_begin(std::size_t under_way) noexcept { last_began_alone_ = under_way == 0; }
  /// One ended that had found room.
  void on_done() noexcept;
  /// One ended that had found none. Whether another try may find some; if so, there will be fewer at once.
  [[nodiscard]] bool may_come(const Error& shortage, Fetching& fetching);
  /// Has idle connections give up their descriptors, once until a transfer has found room again: before it none is kept
  /// anew. Whether that or the end of what is under way may help.
  bool make(Fetching& fetching);

 private:
  EventLoop& loop_;
  ConcurrencyLimit limit_;
  bool last_began_alone_ = false;  // no other was under way when the last one began
  bool was_made_ = false;          // of idle connections, and no transfer has found any since
};

}  // namespace nbcrawl
