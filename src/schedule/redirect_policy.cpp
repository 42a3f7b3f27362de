#include "schedule/redirect_policy.hpp"

#include <string>
#include <utility>

namespace nbcrawl {

bool is_redirect(int status) noexcept {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Result<Redirect> follow(const Url& from, std::string_view method, int status, std::string_view location) {
  auto to = from.resolve(location);
  if (!to) {
    return std::unexpected(Error{
        .kind = ErrorKind::bad_redirect,
        .phase = Phase::response,
        .detail = std::string(from.authority()) + " redirects to where nothing can be fetched: " + to.error().detail});
  }
  // The Fetch standard, HTTP-redirect fetch, step 12: what browsers do, and RFC 9110 allows.
  const bool as_get =
      (status == 303 && method != "GET" && method != "HEAD") || ((status == 301 || status == 302) && method == "POST");
  return Redirect{.url = std::move(*to), .as_get = as_get};
}

}  // namespace nbcrawl
