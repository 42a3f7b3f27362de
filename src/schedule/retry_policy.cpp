#include "schedule/retry_policy.hpp"

#include <algorithm>

namespace nbcrawl {

bool is_retryable(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::dns_failed:
    case ErrorKind::dns_timeout:
    case ErrorKind::connect_refused:
    case ErrorKind::connect_timeout:
    case ErrorKind::connect_unreachable:
    case ErrorKind::connect_failed:
    case ErrorKind::proxy_failed:
    case ErrorKind::tls_truncated:
    case ErrorKind::connection_reset:
    case ErrorKind::connection_closed:
    case ErrorKind::stream_reset:
    case ErrorKind::truncated_body: return true;
    default: return false;
  }
}

bool is_retryable(const RetryPolicy& policy, int status) noexcept {
  return std::find(policy.statuses.begin(), policy.statuses.end(), status) != policy.statuses.end();
}

Duration backoff(const RetryPolicy& policy, std::uint32_t retries_made, std::minstd_rand& random) {
  Duration delay = policy.first_delay;
  for (std::uint32_t i = 0; i < retries_made && delay < policy.longest_delay; ++i) delay *= 2;
  delay = std::min(delay, policy.longest_delay);
  std::uniform_int_distribution<Duration::rep> part(delay.count() / 2, delay.count());
  return Duration(part(random));
}

}  // namespace nbcrawl
