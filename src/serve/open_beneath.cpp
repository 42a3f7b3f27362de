#include "serve/open_beneath.hpp"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace nbcrawl {

namespace {

// A FIFO is opened without waiting for its writer; what is not a regular file the caller finds out by fstat(2).
constexpr int read_flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

Error refusal(const std::string& path, int cause) {
  return {.kind = ErrorKind::system_failed,
          .phase = Phase::response,
          .sys_errno = cause,
          .detail = path + ": " + std::strerror(cause)};
}

int openat2(int root, const char* path, int flags) noexcept {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how));
}

}  // namespace

Result<UniqueFd> open_beneath(int root, const std::string& path) {
  // EAGAIN: something was renamed meanwhile and the kernel could not make sure (openat2(2)).
  for (int attempt = 0; attempt < 8; ++attempt) {
    UniqueFd file(openat2(root, path.c_str(), read_flags));
    if (file) return file;
    // Sandboxes that don't know the call answer EPERM.
    if (errno == ENOSYS || errno == EPERM) return walk_beneath(root, path);
    if (errno != EAGAIN && errno != EINTR) break;
  }
  return std::unexpected(refusal(path, errno));
}

Result<UniqueFd> walk_beneath(int root, const std::string& path) {
  std::string_view rest = path;
  UniqueFd folder;
  for (;;) {
    const std::size_t slash = rest.find('/');
    const std::string component(rest.substr(0, slash));
    if (component.empty() || component == "." || component == "..") return std::unexpected(refusal(path, EXDEV));
    const bool last = slash == std::string_view::npos;
    const int flags = last ? read_flags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
    UniqueFd opened(::openat(folder ? folder.get() : root, component.c_str(), flags));
    if (!opened) return std::unexpected(refusal(path, errno));
    if (last) return opened;
    folder = std::move(opened);
    rest.remove_prefix(slash + 1);
  }
}

}  // namespace nbcrawl
