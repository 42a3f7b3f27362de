// Set-Cookie fields of two hosts, one a line, put into a small jar: what it sends is one sound field within its limits,
// and a jar read from the file that it is written to sends the same.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/field_syntax.hpp"
#include "fuzz_input.hpp"
#include "http/cookie_file.hpp"
#include "http/cookie_jar.hpp"

namespace {

using nbcrawl::CookieJar;
using nbcrawl::Url;

constexpr std::chrono::sys_seconds now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 26);
constexpr nbcrawl::CookieLimits limits{.per_response = 3, .per_domain = 5, .total = 12, .sent_bytes = 200};

const Url urls[] = {*Url::parse("https://h.example.co.uk/a/b"), *Url::parse("http://example.co.uk/a/b"),
                    *Url::parse("http://other.co.uk/"),         *Url::parse("https://127.0.0.1/a/"),
                    *Url::parse("http://h.example.co.uk./a/b"), *Url::parse("https://x.h.example.co.uk/a/b")};

void check(CookieJar& jar) {
  require(jar.size() <= limits.total && jar.all(now).size() <= jar.size());
  for (const Url& url : urls) {
    const std::string sent = jar.cookies_for(url, now);
    require(sent.size() <= limits.sent_bytes && nbcrawl::is_field_value(sent) && !sent.contains('\t'));
  }
  for (const nbcrawl::Cookie* cookie : jar.all(now)) {
    // Of the setters below, only one shares a domain with another that may be asked.
    require(cookie->domain != "co.uk" && cookie->domain != "uk");
    require(cookie->path.starts_with('/') && nbcrawl::keeps_promise_of_name(*cookie));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  CookieJar jar(limits);
  // As a file any bytes are refused or read, never more.
  CookieJar from_file(limits);
  (void)nbcrawl::read_cookies(input, "input", from_file, now);
  require(from_file.size() <= limits.total);
  while (!input.empty()) {
    const std::string_view line = take_line(input);
    if (line.empty()) continue;
    jar.set(urls[static_cast<unsigned char>(line.front()) % 5], line.substr(1), now);
  }
  check(jar);
  CookieJar again(limits);
  const std::string text = nbcrawl::write_cookies(jar, now);
  require(nbcrawl::read_cookies(text, "written", again, now).has_value());
  require(nbcrawl::write_cookies(again, now) == text);
  for (const Url& url : urls) require(again.cookies_for(url, now) == jar.cookies_for(url, now));
  return 0;
}
