#include <nlohmann/json.hpp>
#include <string>

#include "callbacks/builtins.hpp"

namespace nbcrawl {

namespace {

using nlohmann::json;

/// Printing a value recurses, and pages are hostile: deeper ones are refused while they are parsed.
constexpr int max_depth = 512;

Error failed(std::string detail) {
  return {.kind = ErrorKind::callback_failed, .phase = Phase::callback, .detail = std::move(detail)};
}

struct TooDeep {};

Result<json> parse(std::string_view text) {
  try {
    return json::parse(text, [](int depth, json::parse_event_t, json&) {
      if (depth > max_depth) throw TooDeep{};
      return true;
    });
  } catch (const TooDeep&) {
    return std::unexpected(failed("the JSON is nested deeper than " + std::to_string(max_depth) + " levels"));
  } catch (const json::exception& failure) {
    return std::unexpected(failed(std::string("not JSON: ") + failure.what()));
  }
}

}  // namespace

Result<> check_json(std::string_view argument) {
  try {
    (void)json::json_pointer(std::string(argument));
  } catch (const json::exception&) {
    return std::unexpected(
        Error{.kind = ErrorKind::invalid_job,
              .phase = Phase::job,
              .detail = "not a JSON pointer (RFC 6901): it begins with '/', and '~' is written '~0'"});
  }
  return {};
}

Result<> run_json(const CallbackInput& input, Emitter& emitter) {
  const DecodedPage page =
      input.decoder.decode(input.response.body, input.response.charset, "application/json; charset=utf-8");
  auto document = parse(page.text);
  if (!document) return std::unexpected(std::move(document.error()));
  try {
    const json& value = document->at(json::json_pointer(std::string(input.argument)));
    // A string is printed as the text it stands for, as `jq -r` does; anything else as JSON.
    emitter.text(value.is_string() ? value.get_ref<const std::string&>() : value.dump());
    emitter.text("\n");
  } catch (const json::exception&) {
    return std::unexpected(failed("the JSON has no value at " + std::string(input.argument)));
  }
  return {};
}

}  // namespace nbcrawl
