#pragma once

#include <cstddef>
#include <string>

namespace nbcrawl {

/// What is wrong in a piece of text, and at which of its bytes.
struct Fault {
  std::size_t offset;
  std::string message;
};

}  // namespace nbcrawl
