#pragma once

#include <optional>
#include <random>

#include "base/attempt.hpp"
#include "fetch/transfer.hpp"
#include "nbcrawl/options.hpp"
#include "schedule/retry_policy.hpp"

namespace nbcrawl {

/// What follows a transfer that does not end its job.
struct NextAttempt {
  Attempt attempt;
  Duration wait{};       ///< before it may start
  Duration hold_host{};  ///< before anything to the host that answered may start (Retry-After)
};

/// Decides whether a job is done with: follows redirects and retries failures, both by way of the schedule, so that
/// limits and politeness count them.
class AttemptPolicy {
 public:
  explicit AttemptPolicy(const Options& options);

  /// Whether the response whose head is there will be followed by another request, so that its body is of no use.
  [[nodiscard]] bool will_go_on(const Transfer& transfer) const;

  /// What follows; nullopt: `outcome` is the job's, which a redirect that can't be followed turns into bad_redirect.
  /// Takes the transfer's attempt where it gives one back.
  std::optional<NextAttempt> after(Transfer& transfer, Result<>& outcome);

 private:
  [[nodiscard]] std::uint32_t retries_left(const Transfer& transfer) const;
  [[nodiscard]] bool follows(const Transfer& transfer) const;
  [[nodiscard]] bool retries_status(const Transfer& transfer) const;
  std::optional<NextAttempt> redirect(Transfer& transfer, Result<>& outcome);
  std::optional<NextAttempt> retry(Transfer& transfer);

  std::uint32_t max_redirects_;
  RetryPolicy retry_;
  std::minstd_rand random_;
};

}  // namespace nbcrawl
