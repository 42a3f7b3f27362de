#include "crawl/next_attempt.hpp"

#include <algorithm>
#include <utility>

#include "base/shortened.hpp"
#include "http/http_date.hpp"
#include "http/request.hpp"
#include "schedule/redirect_policy.hpp"

namespace nbcrawl {

namespace {

Duration retry_after(const Response& response) {
  const auto field = response.fields.get("retry-after");
  if (!field) return Duration::zero();
  return parse_retry_after(*field, std::chrono::system_clock::now()).value_or(std::chrono::seconds(0));
}

Error refused(std::string detail) {
  return {.kind = ErrorKind::bad_redirect, .phase = Phase::response, .detail = std::move(detail)};
}

std::size_t bytes_of(const std::vector<Hop>& chain) noexcept {
  std::size_t bytes = 0;
  for (const Hop& hop : chain) bytes += hop.url.size();
  return bytes;
}

/// The attempt with its progress brought up to date.
Attempt take_attempt(const Tried& tried) {
  Attempt attempt = std::move(tried.attempt);
  if (attempt.progress == nullptr) {
    attempt.progress = std::make_unique<Progress>();
    attempt.progress->url = attempt.job.url;
  }
  attempt.progress->exchange = tried.exchange;
  return attempt;
}

}  // namespace

AttemptPolicy::AttemptPolicy(const Options& options)
    : max_redirects_(options.max_redirects), random_(std::random_device{}()) {
  retry_.retries = options.retries;
  retry_.statuses = options.retry_statuses;
}

std::uint32_t AttemptPolicy::max_redirects_of(const Job& job) const noexcept {
  return job.options != nullptr ? job.options->max_redirects.value_or(max_redirects_) : max_redirects_;
}

bool AttemptPolicy::follows(const Tried& tried) const {
  return max_redirects_of(tried.attempt.job) > 0 && is_redirect(tried.response.status) &&
         tried.response.fields.get("location");
}

std::uint32_t AttemptPolicy::retries_left(const Tried& tried) const {
  if (!is_idempotent(tried.attempt.method())) return 0;
  const JobOptions* options = tried.attempt.job.options.get();
  const std::uint32_t most = options != nullptr ? options->retries.value_or(retry_.retries) : retry_.retries;
  return most - std::min(most, tried.exchange.num_retries);
}

bool AttemptPolicy::retries_status(const Tried& tried) const {
  return is_retryable(retry_, tried.response.status) && retries_left(tried) > 0 &&
         retry_after(tried.response) <= retry_.longest_retry_after;
}

Duration AttemptPolicy::host_hold(const Response& response) const {
  const bool says_not_now = response.status == 429 || response.status == 503 || is_retryable(retry_, response.status);
  return says_not_now ? std::min(retry_after(response), retry_.longest_retry_after) : Duration::zero();
}

bool AttemptPolicy::will_go_on(const Tried& tried) const { return follows(tried) || retries_status(tried); }

bool AttemptPolicy::is_final(const Tried& tried, const Result<>& outcome) const {
  if (outcome) return !will_go_on(tried);
  return !is_retryable(outcome.error().kind) || retries_left(tried) == 0;
}

std::optional<NextAttempt> AttemptPolicy::after(const Tried& tried, Result<>& outcome) {
  if (is_final(tried, outcome)) return std::nullopt;
  return outcome && follows(tried) ? redirect(tried, outcome) : retry(tried);
}

std::optional<NextAttempt> AttemptPolicy::redirect(const Tried& tried, Result<>& outcome) {
  const Response& response = tried.response;
  const Url from = tried.attempt.url();
  auto to = follow(from, tried.attempt.method(), response.status, response.fields.get("location").value_or(""));
  const std::uint32_t most = max_redirects_of(tried.attempt.job);
  if (to && tried.exchange.chain.size() >= most) {
    to = std::unexpected(refused("more than " + std::to_string(most) + " redirects; the last leads to " +
                                 shortened(to->url.href(), shown_url_bytes)));
  } else if (to && bytes_of(tried.exchange.chain) + from.size_bytes() + to->url.size_bytes() > max_chain_bytes) {
    to = std::unexpected(refused("its URLs have more than " + std::to_string(max_chain_bytes) +
                                 " bytes together; the last redirect leads to " +
                                 shortened(to->url.href(), shown_url_bytes)));
  }
  if (!to) {
    outcome = std::unexpected(std::move(to.error()));
    return std::nullopt;
  }
  Attempt attempt = take_attempt(tried);
  Progress& progress = *attempt.progress;
  progress.exchange.chain.push_back({.url = std::string(from.href()), .status = response.status});
  progress.spent = tried.spent;
  progress.as_get = progress.as_get || to->as_get;
  // Once abroad, always abroad: a host that sends the job home again must not get to choose what is sent there.
  progress.foreign = progress.foreign || to->url.origin() != attempt.job.url.origin();
  progress.url = std::move(to->url);
  return NextAttempt{.attempt = std::move(attempt)};
}

std::optional<NextAttempt> AttemptPolicy::retry(const Tried& tried) {
  // That of a response which failed was not weighed yet: it may ask for a year.
  const Duration said = retry_after(tried.response);
  const Duration asked = said <= retry_.longest_retry_after ? said : Duration::zero();
  Attempt attempt = take_attempt(tried);
  const Duration wait =
      asked > Duration::zero() ? asked : backoff(retry_, attempt.progress->exchange.num_retries, random_);
  ++attempt.progress->exchange.num_retries;
  attempt.progress->spent = {};
  return NextAttempt{.attempt = std::move(attempt), .wait = wait};
}

}  // namespace nbcrawl
