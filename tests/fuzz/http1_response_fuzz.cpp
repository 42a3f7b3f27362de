// HTTP/1.1 responses. The first byte says where the input is cut; however it is cut, the outcome is the same, no more
// is taken than was given, and no more body comes out than went in.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/http1_response_parser.hpp"

namespace {

using nbcrawl::Result;

struct Outcome final : nbcrawl::ResponseReceiver {
  Result<> on_head(std::uint64_t /*announced_bytes*/) override { return {}; }
  Result<> on_body(std::string_view data) override {
    body.append(data);
    return {};
  }
  nbcrawl::Response response;
  std::string body;
  std::string failure;
  std::size_t used = 0;
  bool complete = false;
  bool keep_alive = false;
};

void parse(Outcome& outcome, std::string_view input, std::size_t cut, bool to_head) {
  constexpr std::size_t max_header_bytes = 512;
  nbcrawl::Http1ResponseParser parser(max_header_bytes);
  parser.start(outcome.response, outcome, to_head);
  for (const std::string_view piece : {input.substr(0, cut), input.substr(cut)}) {
    if (parser.is_complete() || !outcome.failure.empty()) break;
    const auto fed = parser.feed(piece);
    if (!fed) {
      outcome.failure = code(fed.error().kind);
    } else {
      if (*fed > piece.size()) std::abort();
      outcome.used += *fed;
    }
  }
  if (outcome.failure.empty() && !parser.is_complete()) {
    if (const auto ended = parser.finish(); !ended) outcome.failure = code(ended.error().kind);
  }
  outcome.complete = parser.is_complete();
  outcome.keep_alive = parser.keep_alive();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = input.empty() ? 0 : data[0] % (input.size() + 1);
  const bool to_head = (data[1] & 1U) != 0;
  Outcome whole;
  Outcome split;
  parse(whole, input, input.size(), to_head);
  parse(split, input, cut, to_head);
  if (whole.failure != split.failure || whole.complete != split.complete) std::abort();
  if (!whole.failure.empty()) return 0;
  if (whole.body != split.body || whole.used != split.used || whole.keep_alive != split.keep_alive) std::abort();
  if (whole.response.status != split.response.status || whole.response.fields.size() != split.response.fields.size())
    std::abort();
  if (whole.body.size() > whole.used) std::abort();
  return 0;
}
