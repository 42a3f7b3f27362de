#include "http/basic_credentials.hpp"

#include "base/base64.hpp"
#include "url/percent_encoding.hpp"

namespace nbcrawl {

std::string basic_credentials(std::string_view user_and_password) {
  std::string value = "Basic ";
  append_base64(value, user_and_password);
  return value;
}

std::string basic_credentials(const Url& url) {
  if (url.username().empty() && url.password().empty()) return {};
  return basic_credentials(whatwg::percent_decode(url.username()) + ":" + whatwg::percent_decode(url.password()));
}

}  // namespace nbcrawl
