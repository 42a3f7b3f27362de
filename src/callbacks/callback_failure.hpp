#pragma once

#include <string>
#include <utility>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// callback_failed, for the reason given.
inline Error callback_failure(std::string cause) {
  return {.kind = ErrorKind::callback_failed, .phase = Phase::callback, .detail = std::move(cause)};
}

}  // namespace nbcrawl
