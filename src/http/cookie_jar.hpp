#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/cookie.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {

/// What a jar holds and sends at most. Servers are hostile: 10⁵ cookies of each must not cost more than this.
struct CookieLimits {
  std::size_t per_response = 50;  ///< Set-Cookie fields that are looked at
  std::size_t per_domain = 150;   ///< beyond it the least recently used goes, those without Secure first
  std::size_t total = 10'000;     ///< beyond it the tenth part that was least recently used goes
  std::size_t sent_bytes = 8190;  ///< of the value of one Cookie field
};

/// The cookies of a run (RFC 6265bis section 5). No I/O and no clock: time is passed in. Not thread-safe.
class CookieJar {
 public:
  explicit CookieJar(CookieLimits limits = {}) noexcept : limits_(limits) {}

  /// Takes what the Set-Cookie fields of a response from `url` may set.
  void receive(const Url& url, const Fields& fields, std::chrono::sys_seconds now);
  /// The same for the value of one field. False: it is refused.
  bool set(const Url& url, std::string_view set_cookie, std::chrono::sys_seconds now);
  /// Keeps a cookie from a file; one of the same name, domain and path is replaced.
  void keep(Cookie cookie, std::chrono::sys_seconds now);

  /// The value of the field Cookie for a request; empty: none goes with it.
  [[nodiscard]] std::string cookies_for(const Url& url, std::chrono::sys_seconds now);

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// All that have not expired, in the order in which they came. Valid until the jar changes.
  [[nodiscard]] std::vector<const Cookie*> all(std::chrono::sys_seconds now) const;

 private:
  struct Kept {
    Cookie cookie;
    std::uint64_t created;  // by the jar's own count, as is `used`
    std::uint64_t used;
  };
  /// By domain, its bytes reversed: what is below a domain follows it, what it is below are its own beginnings.
  using Domains = std::map<std::string, std::vector<Kept>, std::less<>>;

  /// Calls `visit` with the cookies of `host` and of every domain above it.
  template <class Visit>
  void visit_up(std::string_view host, Visit visit);
  [[nodiscard]] bool would_hide_secure(const Cookie& cookie);
  void shrink(std::vector<Kept>& domain, std::chrono::sys_seconds now);
  void shrink_all(std::chrono::sys_seconds now);
  template <class Condition>
  std::size_t erase_if(std::vector<Kept>& domain, Condition condition);

  CookieLimits limits_;
  Domains domains_;
  std::size_t size_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace nbcrawl
