#pragma once

#include <string>

#include "nbcrawl/response.hpp"

namespace nbcrawl {

/// "1.0", "1.1" or "2": HTTP/2 has no minor version (RFC 9113 section 1).
inline std::string http_version(const Response& response) {
  const std::string major = std::to_string(response.version_major);
  return response.version_major < 2 ? major + "." + std::to_string(response.version_minor) : major;
}

}  // namespace nbcrawl
