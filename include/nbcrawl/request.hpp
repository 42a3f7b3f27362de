#pragma once

#include <string>

#include "nbcrawl/fields.hpp"

namespace nbcrawl {

/// A request as a server received it (RFC 9112 section 3). Only HTTP/1.x gets this far.
struct Request {
  std::string method = {};  ///< upper case, one of the methods of RFC 9110 section 9 and RFC 5789 but CONNECT
  std::string target = {};  ///< request-target as sent
  std::string path = {};    ///< the target's path, percent-decoded; starts with "/"
  std::string query = {};   ///< without the leading "?", as sent; empty where there is none
  int version_minor = 1;
  Fields fields = {};
  std::string body = {};  ///< out of the transfer coding; empty where there is none
};

}  // namespace nbcrawl
