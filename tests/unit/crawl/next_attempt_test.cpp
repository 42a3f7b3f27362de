#include "crawl/next_attempt.hpp"

#include <string>
#include <utility>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

Duration hold_of(int status, std::string_view retry_after) {
  Response response;
  response.status = status;
  response.fields.add("Retry-After", retry_after);
  return AttemptPolicy(Options{}).host_hold(response);
}

TEST_CASE("Retry-After of an answer that says \"not now\" holds its host, for five minutes at most", "[next_attempt]") {
  using std::chrono::seconds;
  CHECK(hold_of(429, "2") == seconds(2));
  CHECK(hold_of(503, "300") == seconds(300));
  CHECK(hold_of(503, "301") == seconds(300));
  CHECK(hold_of(429, "99999999999999999999") <= seconds(300));
  CHECK(hold_of(429, "Wed, 01 Jan 2400 00:00:00 GMT") == seconds(300));
  CHECK(hold_of(503, "Fri, 31 Dec 9999 23:59:59 GMT") == seconds(300));
  CHECK(hold_of(500, "7") == seconds(7));  // one of those that are tried again
  CHECK(hold_of(200, "7") == seconds(0));
  CHECK(hold_of(301, "7") == seconds(0));
  CHECK(hold_of(429, "soon") == seconds(0));
}

/// How far a job comes whose redirects lead to `location` and a number, and the error at its end.
std::pair<std::size_t, Error> redirected(const std::string& location) {
  Options options;
  options.max_redirects = 100'000;
  AttemptPolicy policy(options);
  Transfer transfer;
  transfer.attempt.job.url = Url::parse("http://example.org/").value();
  while (true) {
    transfer.response.status = 302;
    transfer.response.fields.clear();
    transfer.response.fields.add("Location", location + std::to_string(transfer.exchange.chain.size()));
    Result<> outcome;
    auto next = policy.after(Tried(transfer), outcome);
    if (!next) return {transfer.exchange.chain.size(), outcome.error()};
    transfer.attempt = std::move(next->attempt);
    transfer.exchange = transfer.attempt.progress->exchange;
  }
}

TEST_CASE("the URLs of a job's redirects are bounded together, and shown in part", "[next_attempt]") {
  const auto [hops, error] = redirected("/" + std::string(10'000, 'l'));
  CHECK(hops == max_chain_bytes / 10'020);
  CHECK(error.kind == ErrorKind::bad_redirect);
  CHECK(error.detail.starts_with(
      "its URLs have more than 131072 bytes together; the last redirect leads to http://example.org/lll"));
  CHECK(error.detail.size() < 300);
  CHECK(redirected("/" + std::string(max_chain_bytes, 'l')).first == 0);
  CHECK(redirected("http://" + std::string(max_chain_bytes, 'u') + "@example.org/").first == 0);
  CHECK(redirected("/short").first > 3000);
}

}  // namespace
}  // namespace nbcrawl
