#include "http/cookie_date.hpp"

#include "catch2_shim.hpp"
#include "http/http_date.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono;

constexpr sys_seconds at(int y, unsigned m, unsigned d, int hour = 0, int minute = 0, int second = 0) {
  return sys_days(year(y) / static_cast<int>(m) / static_cast<int>(d)) + hours(hour) + minutes(minute) +
         seconds(second);
}

TEST_CASE("a cookie's date is read from nearly anything", "[cookie_date]") {
  const sys_seconds example = at(1994, 11, 6, 8, 49, 37);
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
        "06 Nov 1994 08:49:37", "1994 6 november 8:49:37", "8:49:37 6 NOVEMBRE 94 +0200", "08:49:37/6/nov/1994",
        "nonsense 06Z Nov 1994x 08:49:37.123", "6 Nov 1994 08:49:37 08:00:00 7 Dec 1999"}) {
    CAPTURE(text);
    CHECK(parse_cookie_date(text) == example);
  }
  CHECK(parse_cookie_date("1 Jan 70 0:0:0") == at(1970, 1, 1));
  CHECK(parse_cookie_date("1 Jan 69 0:0:0") == at(2069, 1, 1));
  CHECK(parse_cookie_date("1 Jan 00 0:0:0") == at(2000, 1, 1));
  CHECK(parse_cookie_date("1 Jan 1601 0:0:0") == at(1601, 1, 1));
  CHECK(parse_cookie_date("31 Dec 9999 23:59:59") == at(9999, 12, 31, 23, 59, 59));
  CHECK(parse_cookie_date("29 Feb 2024 00:00:00") == at(2024, 2, 29));
}

TEST_CASE("what is no date of a cookie is none", "[cookie_date]") {
  for (const std::string_view text : {"",
                                      "  ",
                                      "0",
                                      "Sun, 06 Nov 1994",
                                      "Nov 1994 08:49:37",
                                      "06 1994 08:49:37",
                                      "06 Nov 08:49:37",
                                      "32 Nov 1994 08:49:37",
                                      "0 Nov 1994 08:49:37",
                                      "29 Feb 2023 00:00:00",
                                      "31 Apr 2024 00:00:00",
                                      "6 Nov 1600 08:49:37",
                                      "6 Nov 19945 08:49:37",
                                      "6 Nov 1994 24:00:00",
                                      "6 Nov 1994 08:60:00",
                                      "6 Nov 1994 08:00:60",
                                      "6 Nov 1994 008:49:37",
                                      "6 Nov 1994 08:49",
                                      "6 No 1994 08:49:37",
                                      "006 Nov 199 8:49:37"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_cookie_date(text));
  }
}

TEST_CASE("HTTP's own three forms of a date, however far", "[http_date]") {
  for (const std::string_view text :
       {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"})
    CHECK(parse_http_date(text) == at(1994, 11, 6, 8, 49, 37));
  CHECK(parse_http_date("Fri, 31 Dec 9999 23:59:59 GMT") == at(9999, 12, 31, 23, 59, 59));
  for (const std::string_view text : {"", "Sun, 06 Nov 1994 08:49:37", "06 Nov 1994 08:49:37 GMT", "0"})
    CHECK_FALSE(parse_http_date(text));
  const system_clock::time_point now = at(2026, 11, 26, 5);
  CHECK(parse_retry_after("120", now) == seconds(120));
  CHECK(parse_retry_after("Thu, 26 Nov 2026 05:01:00 GMT", now) == seconds(60));
  CHECK(parse_retry_after("Thu, 26 Nov 2026 05:01:00 GMT", now + milliseconds(999)) == seconds(60));
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == seconds(0));
  CHECK(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", now) == seconds(366 * 24 * 3600));
  CHECK_FALSE(parse_retry_after("-1", now));
  CHECK_FALSE(parse_retry_after("soon", now));
}

}  // namespace
}  // namespace nbcrawl
