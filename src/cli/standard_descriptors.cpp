#include "cli/standard_descriptors.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace nbcrawl {

void occupy_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    // The lowest free number is this one. Opened for the direction nobody will use it in.
    [[maybe_unused]] const int occupied = ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace nbcrawl
