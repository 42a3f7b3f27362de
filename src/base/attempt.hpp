#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "nbcrawl/job.hpp"
#include "nbcrawl/record.hpp"

namespace nbcrawl {

/// How long a job has been under way, its waiting in queues left out.
struct TimeSpent {
  Duration elapsed{};
  Duration paused{};  ///< of these, while nothing was read for want of room for results: not the server's fault
};

/// How far a job has come in earlier attempts, and how its next request differs from the one it asked for.
struct Progress {
  Url url;               ///< of the next request: where redirects led
  bool as_get = false;   ///< a redirect turned it into a GET without a body (RFC 9110 section 15.4)
  bool foreign = false;  ///< redirects left the job's own origin: its secrets stay behind
  Exchange exchange;     ///< counters and chain so far
  TimeSpent spent;       ///< by the hops before
};

/// A job that waits to be tried: for the first time, or again.
struct Attempt {
  Job job;
  TimePoint since;                     ///< when it began to wait
  std::unique_ptr<Progress> progress;  ///< null the first time
  std::string cookies = {};            ///< of the jar, for the request to make
  bool sends_run_body = false;         ///< Options::body, its own being empty

  /// Of the request to make.
  [[nodiscard]] const Url& url() const noexcept {
    if (progress != nullptr) return progress->url;
    return job.url;
  }
  [[nodiscard]] std::string_view method() const noexcept {
    const bool as_get = job.options == nullptr || (progress != nullptr && progress->as_get);
    return as_get ? std::string_view("GET") : job.options->sent_method();
  }
};

/// What an attempt brings along outside of itself: all that may be large. The program's own callback is not seen into.
[[nodiscard]] std::size_t bytes_beside(const Attempt& attempt) noexcept;

}  // namespace nbcrawl
