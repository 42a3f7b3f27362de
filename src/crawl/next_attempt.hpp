#pragma once

#include <optional>
#include <random>

#include "base/attempt.hpp"
#include "crawl/page.hpp"
#include "fetch/transfer.hpp"
#include "nbcrawl/options.hpp"
#include "schedule/retry_policy.hpp"

namespace nbcrawl {

/// An attempt that was made, wherever it is now: in its transfer, or out of it. Borrowed.
struct Tried {
  explicit Tried(Transfer& transfer)
      : attempt(transfer.attempt), response(transfer.response), exchange(transfer.exchange), spent(transfer.spent) {}
  explicit Tried(Page& page)
      : attempt(page.attempt), response(page.response), exchange(page.exchange), spent(page.spent) {}

  Attempt& attempt;
  const Response& response;
  const Exchange& exchange;
  TimeSpent spent;
};

/// What follows an attempt that does not end its job.
struct NextAttempt {
  Attempt attempt;
  Duration wait{};  ///< before it may start
};

/// The URLs of one job, its own and those of its redirects, have no more bytes together: all are kept for its record.
inline constexpr std::size_t max_chain_bytes = 128 * 1024;

/// Decides whether a job is done with: follows redirects and retries failures, both by way of the schedule, so that
/// limits and politeness count them.
class AttemptPolicy {
 public:
  explicit AttemptPolicy(const Options& options);

  /// For how long nothing may be asked of the host that gave this answer, whatever becomes of its job: Retry-After of
  /// one that says "not now". No longer than RetryPolicy::longest_retry_after.
  [[nodiscard]] Duration host_hold(const Response& response) const;

  /// Whether the response whose head is there will be followed by another request, so that its body is of no use.
  [[nodiscard]] bool will_go_on(const Tried& tried) const;

  /// Whether nothing follows, so that `outcome` is the job's.
  [[nodiscard]] bool is_final(const Tried& tried, const Result<>& outcome) const;

  /// What follows; nullopt: `outcome` is the job's, which a redirect that can't be followed turns into bad_redirect.
  /// Takes the attempt that was made where it gives one back.
  std::optional<NextAttempt> after(const Tried& tried, Result<>& outcome);

 private:
  [[nodiscard]] std::uint32_t max_redirects_of(const Job& job) const noexcept;
  [[nodiscard]] std::uint32_t retries_left(const Tried& tried) const;
  [[nodiscard]] bool follows(const Tried& tried) const;
  [[nodiscard]] bool retries_status(const Tried& tried) const;
  std::optional<NextAttempt> redirect(const Tried& tried, Result<>& outcome);
  std::optional<NextAttempt> retry(const Tried& tried);

  std::uint32_t max_redirects_;
  RetryPolicy retry_;
  std::minstd_rand random_;
};

}  // namespace nbcrawl
