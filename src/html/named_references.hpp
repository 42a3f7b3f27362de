#pragma once

#include <string_view>

namespace nbcrawl::html {

/// Every named character reference of the HTML standard (section 13.5), sorted by name: name without "&", then ":"
/// where the reference may also stand without a semicolon and ";" where it may not, then one or two code points in
/// hexadecimal, joined by "+", and a space.
extern const std::string_view named_reference_list;

}  // namespace nbcrawl::html
