#pragma once

#include "serve/answer.hpp"

namespace nbcrawl {

/// Answers 301 with the request's own path and a "/" after it: where the links of a folder's index are right.
void redirect_to_folder(const Request& request, Answer& answer);

}  // namespace nbcrawl
