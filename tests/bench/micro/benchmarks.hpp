#pragma once

#include <string>
#include <vector>

#include "nbcrawl/url.hpp"

namespace nbcrawl {

struct Page {
  Url url;
  std::string text;
};
using Pages = std::vector<Page>;

// Each makes the benchmarks of one part known to Google Benchmark.

/// Multiplexer::wait() with select, poll and epoll, and what the same costs without any.
void register_multiplexers();
/// HTTP/1.1 response heads.
void register_responses();
/// Job lists: plain lines and JSON.
void register_job_lists();
/// UTF-8 of other encodings; tags, links, title and text of HTML. `pages` is borrowed.
void register_pages(const Pages& pages);

}  // namespace nbcrawl
