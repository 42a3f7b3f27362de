#include "crawl/next_attempt.hpp"

#include <algorithm>
#include <utility>

#include "http/http_date.hpp"
#include "http/request.hpp"
#include "schedule/redirect_policy.hpp"

namespace nbcrawl {

namespace {

Duration retry_after(const Transfer& transfer) {
  const auto field = transfer.response.fields.get("retry-after");
  if (!field) return Duration::zero();
  return parse_retry_after(*field, std::chrono::system_clock::now()).value_or(std::chrono::seconds(0));
}

/// The attempt of a transfer with its progress brought up to date.
Attempt take_attempt(Transfer& transfer) {
  Attempt attempt = std::move(transfer.attempt);
  if (attempt.progress == nullptr) {
    attempt.progress = std::make_unique<Progress>();
    attempt.progress->url = attempt.job.url;
  }
  attempt.progress->exchange = transfer.exchange;
  return attempt;
}

}  // namespace

AttemptPolicy::AttemptPolicy(const Options& options)
    : max_redirects_(options.max_redirects), random_(std::random_device{}()) {
  retry_.retries = options.retries;
  retry_.statuses = options.retry_statuses;
}

bool AttemptPolicy::follows(const Transfer& transfer) const {
  const JobOptions* options = transfer.job().options.get();
  const std::uint32_t most = options != nullptr ? options->max_redirects.value_or(max_redirects_) : max_redirects_;
  return most > 0 && is_redirect(transfer.response.status) && transfer.response.fields.get("location");
}

std::uint32_t AttemptPolicy::retries_left(const Transfer& transfer) const {
  if (!is_idempotent(transfer.attempt.method())) return 0;
  const JobOptions* options = transfer.job().options.get();
  const std::uint32_t most = options != nullptr ? options->retries.value_or(retry_.retries) : retry_.retries;
  return most - std::min(most, transfer.exchange.num_retries);
}

bool AttemptPolicy::retries_status(const Transfer& transfer) const {
  return is_retryable(retry_, transfer.response.status) && retries_left(transfer) > 0 &&
         retry_after(transfer) <= retry_.longest_retry_after;
}

bool AttemptPolicy::will_go_on(const Transfer& transfer) const { return follows(transfer) || retries_status(transfer); }

std::optional<NextAttempt> AttemptPolicy::after(Transfer& transfer, Result<>& outcome) {
  if (!outcome) {
    if (!is_retryable(outcome.error().kind) || retries_left(transfer) == 0) return std::nullopt;
    return retry(transfer);
  }
  if (follows(transfer)) return redirect(transfer, outcome);
  if (retries_status(transfer)) return retry(transfer);
  return std::nullopt;
}

std::optional<NextAttempt> AttemptPolicy::redirect(Transfer& transfer, Result<>& outcome) {
  const Response& response = transfer.response;
  const Url from = transfer.url();
  auto to = follow(from, transfer.attempt.method(), response.status, *response.fields.get("location"));
  const JobOptions* options = transfer.job().options.get();
  const std::uint32_t most = options != nullptr ? options->max_redirects.value_or(max_redirects_) : max_redirects_;
  if (to && transfer.exchange.chain.size() >= most) {
    to = std::unexpected(Error{.kind = ErrorKind::bad_redirect,
                               .phase = Phase::response,
                               .detail = "more than " + std::to_string(most) + " redirects; the last leads to " +
                                         std::string(to->url.href())});
  }
  if (!to) {
    outcome = std::unexpected(std::move(to.error()));
    return std::nullopt;
  }
  const Duration spent = transfer.spent;
  Attempt attempt = take_attempt(transfer);
  Progress& progress = *attempt.progress;
  progress.exchange.chain.push_back({.url = std::string(from.href()), .status = response.status});
  progress.spent = spent;
  progress.as_get = progress.as_get || to->as_get;
  // Once abroad, always abroad: a host that sends the job home again must not get to choose what is sent there.
  progress.foreign = progress.foreign || to->url.origin() != attempt.job.url.origin();
  progress.url = std::move(to->url);
  return NextAttempt{.attempt = std::move(attempt)};
}

std::optional<NextAttempt> AttemptPolicy::retry(Transfer& transfer) {
  const Duration asked = retry_after(transfer);
  Attempt attempt = take_attempt(transfer);
  const Duration wait =
      asked > Duration::zero() ? asked : backoff(retry_, attempt.progress->exchange.num_retries, random_);
  ++attempt.progress->exchange.num_retries;
  attempt.progress->spent = {};
  return NextAttempt{.attempt = std::move(attempt), .wait = wait, .hold_host = asked};
}

}  // namespace nbcrawl
