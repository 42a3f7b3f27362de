#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "charset/page_decoder.hpp"
#include "nbcrawl/callback.hpp"
#include "nbcrawl/job.hpp"

namespace nbcrawl {

/// What the callback `exec` asks for. Nothing of the page is in `line`: what a server says is data, and comes by
/// standard input and the environment.
struct Command {
  std::string line;                      ///< for /bin/sh -c
  std::vector<std::string> environment;  ///< NBCRAWL_NAME=value, the same names for each page
};

/// Of the callback `exec:LINE` for one page. `emitter` is that of the callbacks before it.
[[nodiscard]] Command make_command(std::string_view line, const Job& job, const Response& response,
                                   const Emitter& emitter, PageDecoder& decoder);

}  // namespace nbcrawl
