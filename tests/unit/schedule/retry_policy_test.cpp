// Which failures are tried again, and after how long.
#include "schedule/retry_policy.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include "catch2_shim.hpp"

using namespace nbcrawl;

namespace {

/// As many waits before a try as a host's jobs may draw at once, the shortest first.
std::vector<Duration> waits(const RetryPolicy& policy, std::uint32_t retries_made) {
  std::minstd_rand random(7);
  std::vector<Duration> drawn(1000);
  std::ranges::generate(drawn, [&] { return backoff(policy, retries_made, random); });
  std::ranges::sort(drawn);
  return drawn;
}

}  // namespace

TEST_CASE("each try waits twice as long as the one before, up to a limit") {
  const RetryPolicy policy{.first_delay = milliseconds(100), .longest_delay = milliseconds(1500)};
  const int longest[] = {100, 200, 400, 800, 1500, 1500};
  for (std::uint32_t made = 0; made < std::size(longest); ++made) {
    const std::vector<Duration> drawn = waits(policy, made);
    CHECK(drawn.front() >= milliseconds(longest[made]) / 2);
    CHECK(drawn.back() <= milliseconds(longest[made]));
  }
  CHECK(waits(policy, 1'000'000).back() <= milliseconds(1500));
}

TEST_CASE("jobs that failed together do not come back together") {
  const RetryPolicy policy;
  const std::vector<Duration> drawn = waits(policy, 0);
  CHECK(std::set(drawn.begin(), drawn.end()).size() > 990);
  // Evenly over the upper half of 500 ms: a tenth of them in each tenth of it.
  for (int part = 0; part < 10; ++part) {
    const Duration begin = milliseconds(250 + 25 * part);
    const auto count =
        std::ranges::count_if(drawn, [begin](Duration one) { return one >= begin && one < begin + milliseconds(25); });
    CHECK(count > 60);
    CHECK(count < 140);
  }
}

TEST_CASE("what another try may not meet is tried again") {
  for (const ErrorKind kind : {ErrorKind::dns_timeout, ErrorKind::connect_refused, ErrorKind::connect_timeout,
                               ErrorKind::connection_reset, ErrorKind::connection_closed, ErrorKind::stream_reset,
                               ErrorKind::truncated_body, ErrorKind::tls_truncated, ErrorKind::proxy_failed}) {
    CHECK(is_retryable(kind));
  }
  for (const ErrorKind kind :
       {ErrorKind::dns_not_found, ErrorKind::tls_certificate_expired, ErrorKind::malformed_response,
        ErrorKind::body_too_large, ErrorKind::timeout, ErrorKind::address_denied, ErrorKind::invalid_job,
        ErrorKind::proxy_denied, ErrorKind::bad_encoding}) {
    CHECK_FALSE(is_retryable(kind));
  }
  const RetryPolicy policy;
  for (const int status : {408, 425, 429, 500, 502, 503, 504}) CHECK(is_retryable(policy, status));
  for (const int status : {200, 301, 400, 401, 403, 404, 410, 501, 505}) CHECK_FALSE(is_retryable(policy, status));
}
