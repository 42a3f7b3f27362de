// The built-in callbacks that are a line or two: raw, headers, save, discard.
#include <string>

#include "base/http_version.hpp"
#include "callbacks/builtins.hpp"

namespace nbcrawl {

Result<> check_raw(std::string_view argument) {
  if (argument.empty() || argument == "coded") return {};
  return std::unexpected(
      Error{.kind = ErrorKind::invalid_job,
            .phase = Phase::job,
            .detail = "its argument, where it has one, is 'coded': the body with its content codings"});
}

Result<> run_raw(const CallbackInput& input, Emitter& emitter) {
  emitter.borrow(input.response.body);
  return {};
}

Result<> run_headers(const CallbackInput& input, Emitter& emitter) {
  const Response& response = input.response;
  std::string text = "HTTP/" + http_version(response) + " " + std::to_string(response.status) +
                     (response.reason.empty() ? "" : " ") + response.reason + "\n";
  for (std::size_t i = 0; i < response.fields.size(); ++i) {
    const Field field = response.fields[i];
    text.append(field.name).append(": ").append(field.value).append("\n");
  }
  text += '\n';
  emitter.bytes(text);
  return {};
}

Result<> run_save(const CallbackInput& input, Emitter& emitter) {
  auto path = input.saved->commit();
  if (!path) return std::unexpected(std::move(path.error()));
  emitter.set_body_file(std::move(*path));
  return {};
}

Result<> run_discard(const CallbackInput& /*input*/, Emitter& /*emitter*/) { return {}; }

}  // namespace nbcrawl
