#include "http/cookie_jar.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace nbcrawl {

namespace {

std::string reversed(std::string_view text) { return {text.rbegin(), text.rend()}; }

}  // namespace

void CookieJar::receive(const Url& url, const Fields& fields, std::chrono::sys_seconds now) {
  std::size_t looked_at = 0;
  for (std::size_t i = 0; i < fields.size() && looked_at < limits_.per_response; ++i) {
    if (!equals_ignoring_case(fields[i].name, "set-cookie")) continue;
    ++looked_at;
    set(url, fields[i].value, now);
  }
}

bool CookieJar::set(const Url& url, std::string_view set_cookie, std::chrono::sys_seconds now) {
  auto asked = parse_set_cookie(set_cookie, now);
  if (!asked) return false;
  auto cookie = cookie_from(url, std::move(*asked));
  if (!cookie || (!url.is_https() && would_hide_secure(*cookie))) return false;
  keep(std::move(*cookie), now);
  return true;
}

template <class Visit>
void CookieJar::visit_up(std::string_view host, Visit visit) {
  const std::string key = reversed(host);
  // An address is below nothing.
  std::size_t end = is_address(host) ? key.size() : std::min(key.find('.'), key.size());
  for (;;) {
    if (const auto found = domains_.find(std::string_view(key).substr(0, end)); found != domains_.end())
      visit(found->second);
    if (end == key.size()) return;
    end = std::min(key.find('.', end + 1), key.size());
  }
}

template <class Condition>
std::size_t CookieJar::erase_if(std::vector<Kept>& domain, Condition condition) {
  const std::size_t erased = std::erase_if(domain, condition);
  size_ -= erased;
  return erased;
}

/// Section 5.7, step 16: what came in the clear must not stand in for what came over https.
bool CookieJar::would_hide_secure(const Cookie& cookie) {
  const auto hidden = [&cookie](const std::vector<Kept>& domain) {
    return std::ranges::any_of(domain, [&cookie](const Kept& kept) {
      return kept.cookie.secure && kept.cookie.name == cookie.name && path_matches(cookie.path, kept.cookie.path);
    });
  };
  bool found = false;
  visit_up(cookie.domain, [&](std::vector<Kept>& domain) { found = found || hidden(domain); });
  const std::string below = reversed(cookie.domain) + '.';
  for (auto at = domains_.lower_bound(below); !found && at != domains_.end() && at->first.starts_with(below); ++at)
    found = hidden(at->second);
  return found;
}

void CookieJar::keep(Cookie cookie, std::chrono::sys_seconds now) {
  const auto entry = domains_.try_emplace(reversed(cookie.domain)).first;
  std::vector<Kept>& domain = entry->second;
  const auto same = std::ranges::find_if(domain, [&cookie](const Kept& kept) {
    return kept.cookie.name == cookie.name && kept.cookie.path == cookie.path &&
           kept.cookie.host_only == cookie.host_only;
  });
  if (cookie.is_expired(now)) {
    // That is how a server takes a cookie back.
    if (same != domain.end()) {
      domain.erase(same);
      --size_;
    }
  } else if (same != domain.end()) {
    *same = {.cookie = std::move(cookie), .created = same->created, .used = ++count_};
  } else {
    ++count_;
    domain.push_back({.cookie = std::move(cookie), .created = count_, .used = count_});
    ++size_;
    if (domain.size() > limits_.per_domain) shrink(domain, now);
  }
  if (domain.empty()) domains_.erase(entry);
  if (size_ > limits_.total) shrink_all(now);
}

void CookieJar::shrink(std::vector<Kept>& domain, std::chrono::sys_seconds now) {
  if (erase_if(domain, [now](const Kept& kept) { return kept.cookie.is_expired(now); }) > 0) return;
  domain.erase(
      std::ranges::min_element(domain, {}, [](const Kept& kept) { return std::tuple(kept.cookie.secure, kept.used); }));
  --size_;
}

void CookieJar::shrink_all(std::chrono::sys_seconds now) {
  std::vector<std::uint64_t> uses;
  uses.reserve(size_);
  for (const auto& [key, domain] : domains_) {
    for (const Kept& kept : domain) uses.push_back(kept.used);
  }
  // A tenth at once, so that looking at all of them is paid for by many that come.
  const auto last_to_go = uses.begin() + static_cast<std::ptrdiff_t>(size_ / 10);
  std::ranges::nth_element(uses, last_to_go);
  for (auto at = domains_.begin(); at != domains_.end();) {
    erase_if(at->second,
             [now, used = *last_to_go](const Kept& kept) { return kept.used <= used || kept.cookie.is_expired(now); });
    at = at->second.empty() ? domains_.erase(at) : std::next(at);
  }
}

std::string CookieJar::cookies_for(const Url& url, std::chrono::sys_seconds now) {
  std::vector<Kept*> going;
  if (size_ == 0) return {};
  visit_up(url.host(), [&](std::vector<Kept>& domain) {
    for (Kept& kept : domain) {
      if (!kept.cookie.is_expired(now) && kept.cookie.goes_to(url)) going.push_back(&kept);
    }
  });
  // Section 5.8.3: longer paths first, then those that came first.
  std::ranges::sort(going, [](const Kept* a, const Kept* b) {
    if (a->cookie.path.size() != b->cookie.path.size()) return a->cookie.path.size() > b->cookie.path.size();
    return a->created < b->created;
  });
  std::string value;
  for (Kept* kept : going) {
    const Cookie& cookie = kept->cookie;
    const std::size_t size = cookie.name.size() + cookie.value.size() + 3;
    if (value.size() + size > limits_.sent_bytes) break;
    kept->used = ++count_;
    if (!value.empty()) value += "; ";
    if (!cookie.name.empty()) value.append(cookie.name).append("=");
    value.append(cookie.value);
  }
  return value;
}

std::vector<const Cookie*> CookieJar::all(std::chrono::sys_seconds now) const {
  std::vector<const Kept*> kept;
  kept.reserve(size_);
  for (const auto& [key, domain] : domains_) {
    for (const Kept& one : domain) {
      if (!one.cookie.is_expired(now)) kept.push_back(&one);
    }
  }
  std::ranges::sort(kept, {}, &Kept::created);
  std::vector<const Cookie*> cookies;
  cookies.reserve(kept.size());
  for (const Kept* one : kept) cookies.push_back(&one->cookie);
  return cookies;
}

}  // namespace nbcrawl
