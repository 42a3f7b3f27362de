#include "serve/route_handler.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/read_whole.hpp"
#include "charset/from_utf8.hpp"
#include "serve/directory_route.hpp"
#include "serve/file_answer.hpp"
#include "serve/media_type.hpp"

namespace nbcrawl {

namespace {

Error cannot_read(const std::filesystem::path& path, int cause) {
  return {.kind = ErrorKind::system_failed,
          .phase = Phase::job,
          .sys_errno = cause,
          .detail = "can't read " + path.string() + ": " + std::strerror(cause)};
}

Error at_key(std::string_view key, Error error) {
  error.detail = std::string(".").append(key).append(": ").append(error.detail);
  return error;
}

Result<UniqueFd> open_regular(const std::filesystem::path& path) {
  UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return std::unexpected(cannot_read(path, errno));
  if (S_ISDIR(status.st_mode)) return std::unexpected(cannot_read(path, EISDIR));
  if (!S_ISREG(status.st_mode)) return std::unexpected(cannot_read(path, EINVAL));
  return file;
}

AnswerHandler text_handler(std::string bytes, const std::string& content_type) {
  return [bytes = std::move(bytes), content_type](const Request& /*request*/, Answer& answer) {
    answer.add_field("Content-Type", content_type);
    answer.borrowed = bytes;
  };
}

Result<AnswerHandler> make_text_handler(const RouteSpec& spec, const std::filesystem::path& folder) {
  std::string text = spec.text.value_or("");
  if (spec.text_file) {
    const std::filesystem::path place = folder / *spec.text_file;
    // A file of that name: standard input is the routes file's alone.
    auto read = read_whole(place == "-" ? "./-" : place.string(), max_read_bytes, ErrorKind::invalid_job);
    if (!read) return std::unexpected(at_key("text_file", std::move(read.error())));
    text = std::move(*read);
  }
  const std::string charset = spec.charset.value_or("utf-8");
  const auto encoding = encoding_argument(charset);
  if (!encoding) return std::unexpected(at_key("charset", encoding.error()));
  auto encoded = from_utf8(*encoding, text);
  if (!encoded) return std::unexpected(at_key("charset", std::move(encoded.error())));
  std::string content_type = spec.type.value_or("text/html");
  if (const std::string label = spec.label.value_or(charset); !label.empty()) content_type += "; charset=" + label;
  return text_handler(std::move(*encoded), content_type);
}

Result<AnswerHandler> make_file_handler(const RouteSpec& spec, const std::filesystem::path& path) {
  if (auto file = open_regular(path); !file) return std::unexpected(at_key("file", std::move(file.error())));
  return [path = path.string(), type = spec.type.value_or(std::string(media_type_of(path.native())))](
             const Request& /*request*/, Answer& answer) { answer_with_file_at(answer, path, type); };
}

Result<AnswerHandler> make_directory_handler(const std::string& path, const std::filesystem::path& folder) {
  auto handler = directory_route(folder.string(), path);
  if (!handler) return std::unexpected(at_key("directory", std::move(handler.error())));
  return handler;
}

/// The handler for what the route is made of.
Result<AnswerHandler> make_source(const RouteSpec& spec, const std::string& path, const std::filesystem::path& folder) {
  if (spec.text || spec.text_file) return make_text_handler(spec, folder);
  if (spec.file) return make_file_handler(spec, folder / *spec.file);
  if (spec.directory) return make_directory_handler(path, folder / *spec.directory);
  if (spec.redirect) {
    return [location = *spec.redirect](const Request& /*request*/, Answer& answer) {
      answer.fail(302);
      answer.add_field("Location", location);
    };
  }
  return [status = spec.status.value_or(200)](const Request& /*request*/, Answer& answer) { answer.fail(status); };
}

}  // namespace

Result<AnswerHandler> make_route_handler(const RouteSpec& spec, const std::string& path,
                                         const std::filesystem::path& folder) {
  auto source = make_source(spec, path, folder);
  if (!source) return source;
  std::string field_lines;
  for (std::size_t i = 0; i < spec.headers.size(); ++i) {
    field_lines.append(spec.headers[i].name).append(": ").append(spec.headers[i].value).append("\r\n");
  }
  return [source = std::move(*source), field_lines = std::move(field_lines), status = spec.status, delay = spec.delay,
          chunks = spec.chunks, close = spec.close](const Request& request, Answer& answer) mutable {
    source(request, answer);
    if (status && answer.status < 400) answer.status = *status;
    answer.field_lines += field_lines;
    answer.delay = delay;
    answer.chunks = chunks;
    answer.close = close;
  };
}

}  // namespace nbcrawl
