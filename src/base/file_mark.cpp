#include "base/file_mark.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/sha256.hpp"

namespace nbcrawl {

std::optional<std::uint64_t> file_mark(int fd, std::uint64_t end) {
  std::array<char, marked_bytes> bytes;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(end, marked_bytes));
  for (std::size_t have = 0; have < wanted;) {
    const ssize_t got = ::pread(fd, bytes.data() + have, wanted - have, static_cast<off_t>(end - wanted + have));
    if (got == 0) errno = EIO;  // the file is shorter
    if (got == 0 || (got < 0 && errno != EINTR)) return std::nullopt;
    have += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  Sha256 hash;
  hash.update({bytes.data(), wanted});
  std::uint64_t mark = 0;
  for (const char byte : hash.digest().substr(0, sizeof mark)) mark = mark << 8U | static_cast<unsigned char>(byte);
  return std::max<std::uint64_t>(mark, 1);
}

}  // namespace nbcrawl
