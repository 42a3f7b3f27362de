#include "nbcrawl/url.hpp"

#include "url/url_parser.hpp"

namespace nbcrawl {

Result<Url> Url::parse(std::string_view input) {
  Result<Url> url(std::in_place);
  if (whatwg::UrlParser::parse_normal(input, *url)) return url;
  return whatwg::UrlParser::parse(input, nullptr);
}

Result<Url> Url::resolve(std::string_view reference) const {
  Result<Url> url(std::in_place);
  if (whatwg::UrlParser::parse_normal(reference, *url)) return url;
  return whatwg::UrlParser::parse(reference, text_.empty() ? nullptr : this);
}

}  // namespace nbcrawl
