#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nbcrawl/url.hpp"
#include "url/failure.hpp"

namespace nbcrawl::whatwg {

/// The basic URL parser (WHATWG URL standard, section 4.4) for http and https. It writes the serialised URL from left
/// to right into one block and notes where the parts begin.
class UrlParser {
 public:
  /// The longest input and the longest serialised URL that are accepted.
  static constexpr std::size_t max_url_bytes = std::size_t{1} << 20U;

  /// Recognises in one scan a URL that is serialised already, as nearly all are in a job list, and fills the default
  /// constructed `url`. False where parse() has to decide; `url` is untouched then.
  static bool parse_normal(std::string_view input, Url& url);

  /// Parses any input. `base` may be null: then only an absolute URL is accepted.
  static Result<Url> parse(std::string_view input, const Url* base);

 private:
  UrlParser(Url& url, const Url* base) : url_(url), base_(base) {}

  // Each takes what is left of the input, and is named for the state of the standard it begins in.
  Parsed<> scheme_start(std::string_view input);
  Parsed<> relative(std::string_view input);
  Parsed<> authority(bool https, std::string_view input);
  void userinfo(std::string_view input);
  Parsed<> host_and_port(bool https, std::string_view input);
  void path(std::string_view input);
  void query(std::string_view input);
  void fragment(std::string_view input);

  void inherit_authority();
  void append_userinfo();
  [[nodiscard]] std::uint32_t position() const { return static_cast<std::uint32_t>(url_.text_.size()); }

  Url& url_;
  const Url* base_;
  std::string username_;
  std::string password_;
};

}  // namespace nbcrawl::whatwg
