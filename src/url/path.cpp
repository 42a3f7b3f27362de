#include "url/path.hpp"

#include "url/code_points.hpp"
#include "url/percent_encoding.hpp"

namespace nbcrawl::whatwg {
namespace {

// How many dots `segment` consists of, each "." or "%2e": 1 and 2 are the dot segments, 0 is any other segment.
int count_dots(std::string_view segment) {
  if (segment.size() > 6) return 0;
  int dots = 0;
  for (; !segment.empty(); ++dots) {
    if (segment.front() == '.') {
      segment.remove_prefix(1);
    } else if (equals_lower(segment.substr(0, 3), "%2e")) {
      segment.remove_prefix(3);
    } else {
      return 0;
    }
  }
  return dots <= 2 ? dots : 0;
}

}  // namespace

void shorten_path(std::string& href, std::size_t path) {
  if (href.size() > path) href.resize(href.rfind('/'));
}

void append_path(std::string& href, std::size_t path, std::string_view input) {
  for (bool more = true; more;) {
    const std::size_t end = find_in(input, solidus);
    const std::string_view segment = input.substr(0, end);
    more = end < input.size();
    input.remove_prefix(more ? end + 1 : end);
    const int dots = count_dots(segment);
    if (dots == 2) shorten_path(href, path);
    if (dots == 0 || !more) href += '/';  // a path that ends in a dot segment ends in "/"
    if (dots == 0) append_percent_encoded(href, segment, path_percent_encode_set);
  }
}

}  // namespace nbcrawl::whatwg
