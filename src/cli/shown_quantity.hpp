#pragma once

#include <cstdint>
#include <string>

namespace nbcrawl {

// Quantities as progress and summary show them to people.

/// A number by a printf pattern with one %f.
std::string shown_number(const char* pattern, double value);
/// "12.3 MiB"
std::string shown_bytes(std::uint64_t bytes);
/// "4.2 s", from a minute on "0:01:05"
std::string shown_duration(double seconds);

}  // namespace nbcrawl
