#include "serve/request_target.hpp"

#include "base/ascii.hpp"
#include "base/hex.hpp"
#include "nbcrawl/fields.hpp"

namespace nbcrawl {

namespace {

bool decode(std::string_view encoded, std::string& out) {
  out.clear();
  while (!encoded.empty()) {
    const std::size_t percent = std::min(encoded.find('%'), encoded.size());
    out.append(encoded.substr(0, percent));
    encoded.remove_prefix(percent);
    if (encoded.empty()) break;
    if (encoded.size() < 3) return false;
    const int high = hex_value(encoded[1]);
    const int low = hex_value(encoded[2]);
    if (high < 0 || low < 0) return false;
    const char byte = static_cast<char>(high * 16 + low);
    // Neither can be part of a path's segment: what was hidden here would be read as something else further on.
    if (byte == '/' || byte == '\0') return false;
    out += byte;
    encoded.remove_prefix(3);
  }
  return true;
}

}  // namespace

bool split_target(Request& request) {
  std::string_view target = request.target;
  if (target.size() > 7 && equals_ignoring_case(target.substr(0, 7), "http://")) {
    const std::size_t path = std::min(target.find_first_of("/?#", 7), target.size());
    if (path == 7) return false;  // no host (RFC 9110 section 4.2.1)
    target.remove_prefix(path);
  } else if (!target.starts_with('/')) {
    return false;
  }
  if (target.contains('#')) return false;
  const std::size_t question = target.find('?');
  if (question != std::string_view::npos) request.query.assign(target.substr(question + 1));
  if (!decode(target.substr(0, question), request.path)) return false;
  if (request.path.empty()) request.path = "/";
  return true;
}

std::string encode_path(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const bool allowed = is_alphanumeric(c) || (c != '\0' && std::string_view("-._~!$&'()*+,;=:@/").contains(c));
    if (allowed) {
      out += c;
    } else {
      append_marked_hex(out, '%', c);
    }
  }
  return out;
}

}  // namespace nbcrawl
