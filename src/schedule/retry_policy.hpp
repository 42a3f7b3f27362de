#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "base/clock.hpp"
#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Whether and when a failed request is sent again. Only for requests that may be repeated (RFC 9110 section 9.2.2).
struct RetryPolicy {
  std::uint32_t retries = 2;
  std::vector<int> statuses{408, 425, 429, 500, 502, 503, 504};
  Duration first_delay = std::chrono::milliseconds(500);
  Duration longest_delay = std::chrono::seconds(60);
  /// A job whose host asks for more patience than this does not wait: the answer stands. The host is held no longer.
  Duration longest_retry_after = std::chrono::seconds(300);
};

/// Whether a failure is one of the connection, which another try may not meet.
[[nodiscard]] bool is_retryable(ErrorKind kind) noexcept;
[[nodiscard]] bool is_retryable(const RetryPolicy& policy, int status) noexcept;

/// How long to wait before the next try: doubled with each one made, and drawn evenly from its upper half so that
/// jobs that failed together do not come back together.
[[nodiscard]] Duration backoff(const RetryPolicy& policy, std::uint32_t retries_made, std::minstd_rand& random);

}  // namespace nbcrawl
