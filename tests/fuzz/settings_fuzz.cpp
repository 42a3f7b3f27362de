// What users write with a syntax of ours, each line as each of these: proxies, hosts without one, pinned names,
// addresses to listen at, durations and sizes. A secret is in no error, and what is accepted holds what it promises.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/quantity.hpp"
#include "fuzz_input.hpp"
#include "net/resolver.hpp"
#include "serve/routes_file.hpp"
#include "url/no_proxy.hpp"
#include "url/proxy_url.hpp"

namespace {

using namespace nbcrawl;

void check_error(const Error& error) { require(error.kind == ErrorKind::invalid_job && !error.detail.empty()); }

void check_proxy(std::string_view text) {
  const auto proxy = ProxyUrl::parse(text);
  if (!proxy) return check_error(proxy.error());
  require(!proxy->hostname.empty() && proxy->port != 0);
  require(proxy->name.ends_with(":" + std::to_string(proxy->port)) && !proxy->name.contains('@'));
  const auto again = ProxyUrl::parse(proxy->name);
  require(again && again->hostname == proxy->hostname && again->port == proxy->port && !again->has_credentials());
}

/// What is said does not depend on the secret.
void check_secrecy(std::string_view text) {
  const auto with = [&](std::string_view secret) {
    return ProxyUrl::parse("http://user:" + std::string(secret) + "@" + std::string(text) + "/x");
  };
  const auto proxy = with("s3cret!word");
  const auto other = with("other!words");
  require(proxy.has_value() == other.has_value());
  if (!proxy) require(proxy.error().detail == other.error().detail);
}

void check_no_proxy(std::string_view text) {
  static const Url urls[] = {*Url::parse("http://a.example.org/"), *Url::parse("http://10.1.2.3:8080/"),
                             *Url::parse("https://[fd00::1]/")};
  const auto hosts = NoProxy::parse(text);
  if (!hosts) return check_error(hosts.error());
  const auto all = NoProxy::parse("*," + std::string(text));
  require(all.has_value());
  for (const Url& url : urls) {
    (void)hosts->contains(url);
    require(all->contains(url));
  }
}

void check_pinned_name(std::string_view text) {
  const auto pinned = PinnedName::parse(text);
  if (!pinned) return check_error(pinned.error());
  require(!pinned->host.empty() && pinned->port != 0 && !pinned->addresses.empty());
  for (const Address& address : pinned->addresses) {
    require(address.port() == pinned->port && Address::parse(address.ip(), pinned->port).has_value());
  }
}

void check_quantities(std::string_view text) {
  if (const auto duration = parse_duration(text)) require(duration->count() >= 0 && *duration <= max_duration);
  (void)parse_size(text);
  if (const auto address = parse_listen_address(text)) {
    const auto again = parse_listen_address(address->to_string());
    require(again && again->to_string() == address->to_string());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (std::string_view rest = text_of(data, size); !rest.empty();) {
    const std::string_view line = take_line(rest);
    check_proxy(line);
    check_secrecy(line);
    check_no_proxy(line);
    check_pinned_name(line);
    check_quantities(line);
  }
  return 0;
}
