// A routes file of `nbcrawl serve`: it is refused with the place named, or every path it has gets a sound answer.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/field_syntax.hpp"
#include "base/unique_fd.hpp"
#include "fuzz_input.hpp"
#include "serve/routes_file.hpp"

namespace {

using namespace nbcrawl;

/// A file in memory, and its name.
struct MemoryFile {
  explicit MemoryFile(std::string_view content) : fd(::memfd_create("routes", MFD_CLOEXEC)) {
    require(fd && ::write(fd.get(), content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd.get()); }

  UniqueFd fd;
};

void check_field_lines(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    require(end != std::string_view::npos);
    const std::string_view line = lines.substr(0, end);
    const std::size_t colon = line.find(": ");
    require(colon != std::string_view::npos && is_token(line.substr(0, colon)) &&
            is_field_value(line.substr(colon + 2)));
    lines.remove_prefix(end + 2);
  }
}

void ask(RouteTable& routes, const std::string& target) {
  for (const char* method : {"GET", "POST"}) {
    Request request;
    request.method = method;
    request.target = target;
    Answer answer;
    routes.answer(request, answer);
    require(answer.status >= 100 && answer.status <= 999 && answer.delay >= milliseconds{0});
    check_field_lines(answer.field_lines);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of(data, size);
  // What a route may name beside is the user's to choose: the fuzzer is not to wander through this machine's files.
  if (text.contains("file") || text.contains("directory") || text.contains("\\u")) return 0;
  const MemoryFile file(text);
  auto loaded = load_routes(file.path());
  if (!loaded) {
    require(loaded.error().kind == ErrorKind::invalid_job && loaded.error().detail.starts_with(file.path() + ":"));
    return 0;
  }
  const auto document = nlohmann::json::parse(text);
  for (const auto& [path, route] : document["routes"].items()) ask(loaded->routes, path);
  ask(loaded->routes, "/none");
  return 0;
}
