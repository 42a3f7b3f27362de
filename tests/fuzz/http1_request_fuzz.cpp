// Any bytes, parsed as requests on one connection: in one piece, and in two, split where the first byte says. What
// comes out must be the same, sound, and within its limits.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/field_syntax.hpp"
#include "fuzz_input.hpp"
#include "http/http1_request_parser.hpp"
#include "serve/request_target.hpp"

namespace {

using nbcrawl::Http1RequestParser;
using nbcrawl::Request;

constexpr nbcrawl::RequestLimits limits{.max_head_bytes = 512, .max_body_bytes = 64};

void check_sound(Request& request) {
  require(nbcrawl::is_token(request.method) && !request.target.empty());
  std::size_t head_bytes = request.target.size();
  for (std::size_t i = 0; i < request.fields.size(); ++i) {
    require(nbcrawl::is_token(request.fields[i].name) && nbcrawl::is_field_value(request.fields[i].value));
    head_bytes += request.fields[i].name.size() + request.fields[i].value.size();
  }
  require(head_bytes <= limits.max_head_bytes && request.body.size() <= limits.max_body_bytes);
  if (!nbcrawl::split_target(request)) return;
  require(request.path.starts_with('/') && !request.path.contains('\0'));
  const std::size_t target_slashes = static_cast<std::size_t>(std::ranges::count(request.target, '/'));
  require(static_cast<std::size_t>(std::ranges::count(request.path, '/')) <= target_slashes + 1);
}

/// Everything a server would learn, one line a request.
std::string transcript(const std::vector<std::string_view>& pieces) {
  Http1RequestParser parser(limits);
  std::string heard;
  for (std::string_view piece : pieces) {
    while (!piece.empty() && parser.state() != Http1RequestParser::State::refused) {
      const std::size_t taken = parser.feed(piece);
      require(taken <= piece.size() && (taken > 0 || parser.state() == Http1RequestParser::State::refused));
      piece.remove_prefix(taken);
      if (parser.state() != Http1RequestParser::State::complete) continue;
      Request& request = parser.request();
      check_sound(request);
      heard += request.method + " " + request.target + " " + std::to_string(request.version_minor) +
               (parser.keep_alive() ? " keep " : " close ") + request.body + "\n";
      for (std::size_t i = 0; i < request.fields.size(); ++i) {
        heard.append(request.fields[i].name).append("=").append(request.fields[i].value).append("\n");
      }
      parser.reset();
    }
  }
  if (parser.state() == Http1RequestParser::State::refused) {
    require(parser.status() >= 400 && !parser.reason().empty() && !parser.keep_alive());
    heard += std::to_string(parser.status());
  }
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::size_t split = std::min<std::size_t>(data[0], input.size());
  const std::string whole = transcript({input});
  require(transcript({input.substr(0, split), input.substr(split)}) == whole);
  return 0;
}
