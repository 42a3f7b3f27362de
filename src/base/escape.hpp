#pragma once

#include <string>
#include <string_view>

namespace nbcrawl {

/// Text from the network or from a user's file made safe to show on a terminal: C0 and C1 controls, DEL, bidirectional
/// overrides, line separators and bytes that are not UTF-8 become \xNN or \u{N}; the rest stays as it is.
std::string escape_for_terminal(std::string_view text);

}  // namespace nbcrawl
