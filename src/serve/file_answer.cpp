#include "serve/file_answer.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace nbcrawl {

void answer_with_file(Answer& answer, UniqueFd file, std::uint64_t bytes, std::string_view content_type) {
  if (!content_type.empty()) answer.add_field("Content-Type", content_type);
  answer.file = std::move(file);
  answer.file_bytes = bytes;
}

void answer_with_file_at(Answer& answer, const std::string& path, std::string_view content_type) {
  // O_NONBLOCK: a FIFO does not hold the loop until somebody writes to it.
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status{};
  if (!file) {
    answer_unopened(answer, errno);
  } else if (::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    answer.fail(404);
  } else {
    answer_with_file(answer, std::move(file), static_cast<std::uint64_t>(status.st_size), content_type);
  }
}

void answer_unopened(Answer& answer, int cause) {
  switch (cause) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG:
    case ENXIO: answer.fail(404); break;
    case EACCES:
    case EPERM: answer.fail(403); break;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      answer.fail(503);
      answer.add_field("Retry-After", "1");
      break;
    default: answer.fail(500);
  }
}

}  // namespace nbcrawl
