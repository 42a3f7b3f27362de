#include "crawl/next_attempt.hpp"

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

}  // namespace
}  // namespace nbcrawl
