#include "serve/directory_route.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "serve/file_answer.hpp"
#include "serve/media_type.hpp"
#include "serve/open_beneath.hpp"
#include "serve/redirect.hpp"

namespace nbcrawl {

namespace {

/// Whether every segment names something: no "..", no ".", and none is empty but the last.
bool is_plain(std::string_view path) noexcept {
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    if (segment == "." || segment == "..") return false;
    if (slash == std::string_view::npos) return true;
    if (segment.empty()) return false;
    path.remove_prefix(slash + 1);
  }
}

void answer_from(int root, const Request& request, std::string_view path, Answer& answer) {
  if (!is_plain(path)) {
    answer.fail(404);
    return;
  }
  std::string name(path);
  if (name.empty() || name.ends_with('/')) name += "index.html";
  auto file = open_beneath(root, name);
  if (!file) {
    answer_unopened(answer, file.error().sys_errno);
    return;
  }
  struct stat status{};
  if (::fstat(file->get(), &status) != 0) {
    answer.fail(500);
  } else if (S_ISDIR(status.st_mode)) {
    redirect_to_folder(request, answer);
  } else if (S_ISREG(status.st_mode)) {
    answer_with_file(answer, std::move(*file), static_cast<std::uint64_t>(status.st_size), media_type_of(name));
  } else {
    answer.fail(404);
  }
}

}  // namespace

Result<AnswerHandler> directory_route(const std::string& folder, std::string_view prefix) {
  if (!prefix.starts_with('/') || !prefix.ends_with('/')) {
    return std::unexpected(
        Error{.kind = ErrorKind::invalid_job,
              .phase = Phase::job,
              .detail = "the path of a directory begins and ends with \"/\", unlike \"" + std::string(prefix) + "\""});
  }
  UniqueFd root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root) {
    return std::unexpected(Error{.kind = ErrorKind::system_failed,
                                 .phase = Phase::job,
                                 .sys_errno = errno,
                                 .detail = folder + ": " + std::strerror(errno)});
  }
  return [root = std::move(root), prefix_bytes = prefix.size()](const Request& request, Answer& answer) {
    answer_from(root.get(), request, std::string_view(request.path).substr(prefix_bytes), answer);
  };
}

}  // namespace nbcrawl
