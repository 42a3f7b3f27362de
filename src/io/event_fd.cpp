#include "io/event_fd.hpp"

#include <sys/eventfd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "base/descriptor_shortage.hpp"

namespace nbcrawl {

Result<UniqueFd> open_event_fd() {
  UniqueFd fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (fd) return fd;
  const int cause = errno;
  return std::unexpected(Error{.kind = kind_of_failed_call(cause),
                               .phase = Phase::job,
                               .sys_errno = cause,
                               .detail = std::string("eventfd: ") + std::strerror(cause)});
}

}  // namespace nbcrawl
