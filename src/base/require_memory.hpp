#pragma once

#include <new>

namespace nbcrawl {

/// Does as `operator new` where a library of C did not get the memory it wanted: the handler is called, which ends the
/// command, else std::bad_alloc is thrown.
inline void require_memory(bool was_had) {
  if (was_had) return;
  if (const auto handler = std::get_new_handler()) handler();
  throw std::bad_alloc();
}

}  // namespace nbcrawl
