#include "crawl/concurrency_limit.hpp"

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

void finish(ConcurrencyLimit& limit, std::size_t transfers) {
  for (std::size_t i = 0; i < transfers; ++i) limit.on_done();
}

TEST_CASE("a limit that was lowered rises again by one for each sixteen rounds without a shortage", "[concurrency]") {
  ConcurrencyLimit limit(8);
  finish(limit, 10'000);
  CHECK(limit.now() == 8);
  limit.lower(2);
  CHECK(limit.now() == 2);
  finish(limit, 2 * ConcurrencyLimit::rounds - 1);
  CHECK(limit.now() == 2);
  finish(limit, 1);
  CHECK(limit.now() == 3);
  finish(limit, 3 * ConcurrencyLimit::rounds - 1);
  limit.lower(3);
  finish(limit, 3 * ConcurrencyLimit::rounds - 1);
  CHECK(limit.now() == 3);
  finish(limit, 10'000);
  CHECK(limit.now() == 8);
}

TEST_CASE("one transfer is always allowed", "[concurrency]") {
  CHECK(ConcurrencyLimit(0).now() == 1);
  ConcurrencyLimit limit(3);
  limit.lower(0);
  CHECK(limit.now() == 1);
}

}  // namespace
}  // namespace nbcrawl
