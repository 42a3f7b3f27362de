#pragma once

#include <cstdio>
#include <cstdlib>

/// Stops the program: a benchmark that could not do all it says measures something else.
inline void require(bool done, const char* what) {
  if (done) return;
  std::perror(what);
  std::exit(1);
}
