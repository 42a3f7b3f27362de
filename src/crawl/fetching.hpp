#pragma once

#include <cstddef>

#include "base/attempt.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Carries out the attempts that a run starts: on the run's own loop (FetchHere) or on threads (FetchThreads). Used on
/// the run's thread.
class Fetching {
 public:
  virtual ~Fetching() = default;
  virtual void start(Attempt&& attempt) = 0;
  /// Attempts that are started and not reported to be done, and what else is to end soon.
  [[nodiscard]] virtual std::size_t active() const noexcept = 0;

  /// No socket is read until resume(). Both do nothing where it is so already.
  virtual void pause() = 0;
  virtual void resume() = 0;
  [[nodiscard]] virtual bool paused() const noexcept = 0;

  /// Closes every connection that waits for an attempt, for the sake of its descriptor: at once or soon, and is active
  /// until then. False: there is none.
  virtual bool discard_idle() = 0;

  /// Ends every active attempt with this error. Each is reported, at once or soon.
  virtual void abort_all(const Error& error) = 0;
};

}  // namespace nbcrawl
