// What the network and a job say, in a record: whatever bytes they are, the record is one line of JSON that a terminal
// can be shown, and holds them unchanged where they are UTF-8. The same bytes made safe for the terminal.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/base64.hpp"
#include "base/escape.hpp"
#include "base/utf8.hpp"
#include "fuzz_input.hpp"
#include "sinks/jsonl_sink.hpp"
#include "string_output.hpp"

namespace {

using namespace nbcrawl;

/// UTF-8 without controls, line separators and, where the reader is a person, marks that turn text round.
bool is_harmless(std::string_view text, bool for_people) {
  while (!text.empty()) {
    const CodePoint one = next_code_point(text);
    const char32_t c = one.value;
    if (!one.valid || c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) return false;
    if (for_people && ((c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069))) return false;
    text.remove_prefix(one.size);
  }
  return true;
}

bool is_utf8(std::string_view text) {
  while (!text.empty() && next_code_point(text).valid) text.remove_prefix(next_code_point(text).size);
  return text.empty();
}

void check_body(const nlohmann::json& line, std::string_view body) {
  if (is_utf8(body)) {
    require(line.at("body") == body);
  } else {
    std::string base64;
    append_base64(base64, body);
    require(line.at("body_base64") == base64);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  require(is_harmless(escape_for_terminal(rest), true));

  Job job;
  job.url = *Url::parse("http://user:secret@example.org/");
  job.id = take_line(rest);
  Response response;
  response.status = 200;
  response.url = job.url;
  for (int i = 0; i < 2; ++i) {
    const std::string_view field = take_line(rest);
    const std::size_t colon = std::min(field.find(':'), field.size());
    response.fields.add(field.substr(0, colon), field.substr(std::min(colon + 1, field.size())));
  }
  const Error error{
      .kind = ErrorKind::malformed_response, .phase = Phase::response, .detail = std::string(take_line(rest))};
  Exchange exchange;
  exchange.chain.push_back({.url = std::string(take_line(rest)), .status = 302});
  const std::string_view body_file = take_line(rest);
  const bool failed = size % 2 == 1;

  StringOutput output;
  JsonlSink sink(output);
  require(sink.write({.job = &job,
                      .response = &response,
                      .error = failed ? &error : nullptr,
                      .exchange = &exchange,
                      .body = rest,
                      .body_file = body_file,
                      .callback = job.id})
              .has_value());
  require(output.text.ends_with('\n'));
  output.text.pop_back();
  require(is_harmless(output.text, false));
  const auto line = nlohmann::json::parse(output.text);
  require(line.at("ok") == !failed && line.at("url") == "http://example.org/");
  if (is_utf8(job.id) && !job.id.empty()) require(line.at("id") == job.id);
  if (!failed) check_body(line, rest);
  return 0;
}
