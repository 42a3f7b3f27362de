// Any bytes as the date of a cookie and as one of HTTP: what is read can be written in HTTP's form and read again by
// both.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "fuzz_input.hpp"
#include "http/cookie_date.hpp"
#include "http/http_date.hpp"

namespace {

using std::chrono::sys_seconds;

void check(std::optional<sys_seconds> date) {
  if (!date) return;
  const std::time_t seconds = date->time_since_epoch().count();
  std::tm parts{};
  require(::gmtime_r(&seconds, &parts) != nullptr);
  char text[64];
  require(std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts) > 0);
  if (parts.tm_year + 1900 < 1601 || parts.tm_year + 1900 > 9999) return;  // no cookie may be so old, no text so long
  require(nbcrawl::parse_cookie_date(text) == date);
  require(nbcrawl::parse_http_date(text) == date);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check(nbcrawl::parse_cookie_date(text));
  check(nbcrawl::parse_http_date(text));
  const auto now = std::chrono::system_clock::time_point(std::chrono::seconds(1'795'651'200));
  if (const auto wait = nbcrawl::parse_retry_after(text, now))
    require(wait->count() >= 0 && *wait <= std::chrono::days(366));
  return 0;
}
