#pragma once

namespace nbcrawl {

/// From now on the process ends where `operator new` finds no memory: one line on standard error, exit status 1. There
/// is nothing to unwind to: what would be cleaned up is what a kill may leave at any moment. Call first in main().
void exit_when_out_of_memory();

}  // namespace nbcrawl
