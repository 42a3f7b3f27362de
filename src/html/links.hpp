#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "html/meta.hpp"
#include "html/tokenizer.hpp"
#include "html/unique_lines.hpp"
#include "nbcrawl/url.hpp"

namespace nbcrawl::html {

/// The query of a reference as it is sent: text that is not ASCII is put in the page's encoding and percent-encoded
/// (WHATWG URL standard, query state).
using EncodeQuery = std::function<std::string(std::string_view query)>;

/// Collects where a page leads: `href` of <a>, <area> and those <link>s that name pages; `src` of <iframe> and <frame>;
/// <meta http-equiv=refresh>. Also the page's <base> and what it asks of crawlers.
class LinkCollector final : public TokenReader {
 public:
  void start_tag(const Tag& tag) override;

  /// Absolute http and https URLs without fragment, in the order of the page, each once: resolved against the first
  /// <base href>, as a browser does with all links of the page, else against `page`. What leads to another place of
  /// the same page (#part) is left out. Without `encode_query` queries are sent in UTF-8. nullopt: they have more than
  /// `max_links_bytes` with user names and passwords, or what they refer to and the base have for each, those left out
  /// or found before included.
  [[nodiscard]] std::optional<UniqueLines> links(const Url& page, const EncodeQuery& encode_query = {}) const;
  /// Every reference takes on the base: a page of long <base> and many short references would stand for gigabytes.
  static constexpr std::size_t max_links_bytes = 64 * 1024 * 1024;

  /// Of <meta name=robots> and of those that name our product token.
  [[nodiscard]] const RobotsDirectives& robots() const noexcept { return robots_; }

 private:
  void add(std::optional<std::string_view> raw_reference);
  void meta(const Tag& tag);
  [[nodiscard]] Url base_of(const Url& page) const;

  UniqueLines references_;  // as attributes say them
  std::optional<std::string> base_;
  RobotsDirectives robots_;
  std::string buffer_;
};

}  // namespace nbcrawl::html
