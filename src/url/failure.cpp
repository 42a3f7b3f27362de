#include "url/failure.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/escape.hpp"
#include "base/shortened.hpp"
#include "url/code_points.hpp"

namespace nbcrawl::whatwg {
namespace {

// Where a user name could begin: after "http:/", "any://" or leading slashes, else at the very start, because "a:b@c"
// may be a user name and password as well as a scheme.
std::size_t begin_of_userinfo(std::string_view input) {
  const std::size_t slash = find_in(input, solidus);
  const std::size_t begin = std::min(input.find_first_not_of("/\\", slash), input.size());
  const std::string_view before = input.substr(0, slash);
  const bool certain = before.empty() || equals_lower(before, "http:") || equals_lower(before, "https:") ||
                       (begin - slash >= 2 && before.find(':') == before.size() - 1);
  return certain ? begin : 0;
}

// A refused input has no certain userinfo, so everything before its last "@" might be a password.
std::string without_userinfo(std::string_view input) {
  const std::size_t at = input.rfind('@');
  if (at == std::string_view::npos) return std::string(input);
  const std::string_view kept = input.substr(0, std::min(begin_of_userinfo(input), at));
  return std::string(kept) + "***" + std::string(input.substr(at));
}

}  // namespace

Error refusal(std::string_view input, const Failure& failure) {
  std::string detail = "URL \"" + escape_for_terminal(shortened(without_userinfo(input), shown_url_bytes)) + "\" ";
  detail += failure.reason;
  return Error{.kind = failure.kind, .phase = Phase::job, .detail = std::move(detail)};
}

}  // namespace nbcrawl::whatwg
