#pragma once

#include <optional>
#include <string_view>

namespace nbcrawl::html {

/// What a page asks of crawlers, in <meta name=robots>; X-Robots-Tag has the same words.
struct RobotsDirectives {
  bool noindex = false;
  bool nofollow = false;

  /// Adds the words of `content`, separated by commas and compared without case: the strictest wins, "none" is both.
  void add(std::string_view content) noexcept;
};

/// Where a <meta http-equiv=refresh> leads, the value of its `content` given; nothing where it names no URL or is
/// malformed (HTML standard, "shared declarative refresh steps"). A part of `content`.
[[nodiscard]] std::optional<std::string_view> refresh_target(std::string_view content);

}  // namespace nbcrawl::html
