#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "callbacks/builtins.hpp"
#include "callbacks/callback_failure.hpp"
#include "json/json_items.hpp"
#include "json/json_pointer.hpp"
#include "json/json_scanner.hpp"

namespace nbcrawl {

namespace {

constexpr std::size_t max_depth = 512;

/// Whether a text is one JSON value with nothing but white space around it.
Result<> check_document(std::string_view text) {
  JsonScanner scanner(max_depth);
  std::size_t at = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  auto progress = scanner.scan(text.substr(at));
  at += progress.taken;
  if (progress.status == JsonScanner::Status::incomplete) progress = scanner.scan("\n");  // which ends a number
  switch (progress.status) {
    case JsonScanner::Status::too_deep:
      return std::unexpected(
          callback_failure("the JSON is nested deeper than " + std::to_string(max_depth) + " levels"));
    case JsonScanner::Status::incomplete:
    case JsonScanner::Status::invalid:
      return std::unexpected(
          callback_failure("not JSON: byte " + std::to_string(at) + ": expected " + std::string(scanner.expected())));
    case JsonScanner::Status::complete: break;
  }
  const std::size_t more = text.find_first_not_of(" \t\r\n", at);
  if (more == std::string_view::npos) return {};
  return std::unexpected(callback_failure("not JSON: byte " + std::to_string(more) + ": expected the end"));
}

}  // namespace

Result<> check_json(std::string_view argument) {
  if (is_json_pointer(argument)) return {};
  return std::unexpected(Error{.kind = ErrorKind::invalid_job,
                               .phase = Phase::job,
                               .detail = "not a JSON pointer (RFC 6901): it begins with '/', and '~' is written '~0'"});
}

Result<> run_json(const CallbackInput& input, Emitter& emitter) {
  const DecodedPage page =
      input.decoder.decode(input.response.body, input.response.charset, "application/json; charset=utf-8");
  if (auto good = check_document(page.text); !good) return good;
  const auto value = find_by_pointer(page.text, input.argument);
  if (!value) return std::unexpected(callback_failure("the JSON has no value at " + std::string(input.argument)));
  // A string is printed as the text it stands for, as `jq -r` does; anything else as JSON, numbers and the order of
  // members as the page has them.
  if (type_of(*value) == JsonType::string) {
    std::string storage;
    const auto text = string_value(*value, storage);
    if (!text)
      return std::unexpected(
          callback_failure("the string at " + std::string(input.argument) + " has half a surrogate pair"));
    emitter.text(*text);
  } else {
    emitter.text(compact_json(*value));
  }
  emitter.text("\n");
  return {};
}

}  // namespace nbcrawl
