#pragma once

#include <string>
#include <string_view>

namespace nbcrawl {

/// A byte as an error message about a job list shows it, e.g. "'}'", "end of line" or "byte 0xe2".
std::string shown(char byte);

/// A piece of the list as an error message shows it: its first 40 bytes or so.
std::string shortened(std::string_view text);

}  // namespace nbcrawl
