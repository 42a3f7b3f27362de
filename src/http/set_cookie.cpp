#include "http/set_cookie.hpp"

#include <algorithm>
#include <charconv>

#include "base/ascii.hpp"
#include "base/field_syntax.hpp"
#include "http/cookie_date.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {

namespace {

/// Takes what stands before the next `separator`, and the separator.
std::string_view take_until(std::string_view& text, char separator) noexcept {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

/// Section 5.6.2. nullopt: not a number.
std::optional<std::chrono::sys_seconds> end_of_age(std::string_view text, std::chrono::sys_seconds now) noexcept {
  const bool negative = text.starts_with('-');
  const std::string_view digits = text.substr(negative ? 1 : 0);
  if (!all_digits(digits)) return std::nullopt;
  constexpr std::int64_t most = std::chrono::seconds(max_cookie_age).count();
  std::int64_t age = most;  // what is too large for a number is too long
  std::from_chars(digits.data(), digits.data() + digits.size(), age);
  if (negative || age == 0) return now - std::chrono::seconds(1);
  return now + std::chrono::seconds(std::min(age, most));
}

class AttributeReader {
 public:
  AttributeReader(SetCookie& cookie, std::chrono::sys_seconds now) noexcept : cookie_(cookie), now_(now) {}

  void read(std::string_view name, std::string_view value) {
    if (value.size() > max_cookie_attribute_bytes) return;
    if (equals_ignoring_case(name, "expires")) {
      if (const auto date = parse_cookie_date(value)) expires_ = std::min(*date, now_ + max_cookie_age);
    } else if (equals_ignoring_case(name, "max-age")) {
      if (const auto end = end_of_age(value, now_)) max_age_end_ = end;
    } else if (equals_ignoring_case(name, "domain")) {
      cookie_.domain = to_lower_case(value.substr(value.starts_with('.') ? 1 : 0));
    } else if (equals_ignoring_case(name, "path")) {
      cookie_.path = value.starts_with('/') ? value : std::string_view{};
    } else if (equals_ignoring_case(name, "secure")) {
      cookie_.secure = true;
    } else if (equals_ignoring_case(name, "httponly")) {
      cookie_.http_only = true;
    }
  }

  /// Max-Age wins over Expires, wherever they stand.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> expires() const noexcept {
    return max_age_end_ ? max_age_end_ : expires_;
  }

 private:
  SetCookie& cookie_;
  std::chrono::sys_seconds now_;
  std::optional<std::chrono::sys_seconds> expires_;
  std::optional<std::chrono::sys_seconds> max_age_end_;
};

}  // namespace

std::optional<SetCookie> parse_set_cookie(std::string_view text, std::chrono::sys_seconds now) {
  if (!is_field_value(text)) return std::nullopt;
  SetCookie cookie;
  std::string_view pair = take_until(text, ';');
  if (pair.contains('=')) cookie.name = trim_blanks(take_until(pair, '='));
  cookie.value = trim_blanks(pair);
  const std::size_t size = cookie.name.size() + cookie.value.size();
  if (size == 0 || size > max_cookie_bytes) return std::nullopt;
  if (cookie.name.contains('\t') || cookie.value.contains('\t')) return std::nullopt;
  AttributeReader attributes(cookie, now);
  while (!text.empty()) {
    std::string_view value = take_until(text, ';');
    const std::string_view name = trim_blanks(take_until(value, '='));
    attributes.read(name, trim_blanks(value));
  }
  cookie.expires = attributes.expires();
  return cookie;
}

}  // namespace nbcrawl
