#pragma once

namespace nbcrawl {

/// Anything that bears a fileno(): sockets, the resolver's channels, standard input and output, pipes, signals. The
/// loop borrows it; it must stay in place while it is watched.
class Pollable {
 public:
  virtual ~Pollable() = default;
  [[nodiscard]] virtual int fileno() const noexcept = 0;
  /// Called by the loop when the descriptor is ready. On an error or a hang-up both flags are set. It may end its own
  /// or anybody's registration, but may not destroy itself: hand it to EventLoop::retire().
  virtual void on_ready(bool readable, bool writable) = 0;
};

}  // namespace nbcrawl
