#pragma once

namespace nbcrawl {

/// Occupies those of the descriptors 0, 1 and 2 that the caller has closed, so that no socket or file of ours gets such
/// a number and then what was meant for standard output or standard error. Reading standard input or writing standard
/// output still fails with EBADF. Call first in main().
void occupy_standard_descriptors();

}  // namespace nbcrawl
