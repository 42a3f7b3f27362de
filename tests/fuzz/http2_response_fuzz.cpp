// What a server sends on an HTTP/2 connection, to three requests, one of which has a body. The first two bytes say
// where it is cut. Whatever comes, each request ends once, no more body comes out than went in, and what is to be sent
// stays bounded.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "http/http2_session.hpp"

namespace {

using nbcrawl::Result;

struct Exchange final : nbcrawl::Http2Receiver {
  Result<> on_head(std::uint64_t /*announced_bytes*/) override {
    if (++heads > 1 || ends > 0) std::abort();
    return {};
  }
  Result<> on_body(std::string_view data) override {
    if (heads == 0 || ends > 0) std::abort();
    body_bytes += data.size();
    return {};
  }
  void on_request_begun() override {
    if (++begun > 1 || ends > 0) std::abort();
  }
  bool wants_rest() const noexcept override { return body_bytes < 1000; }
  bool has_room() override { return body_bytes % 2 == 0; }
  std::optional<std::size_t> read_request_body(std::span<char> into) override {
    const std::size_t bytes = std::min(into.size(), request_body_bytes);
    std::fill_n(into.begin(), bytes, 'b');
    request_body_bytes -= bytes;
    return bytes;
  }
  void on_end(nbcrawl::ResponseEnd end) override {
    if (++ends > 1 || (end.outcome && heads == 0) ||
        (heads > 0 && !end.outcome && end.handling != nbcrawl::Handling::answered))
      std::abort();
  }

  nbcrawl::Response response;
  std::size_t request_body_bytes = 0;
  std::size_t body_bytes = 0;
  int begun = 0;
  int heads = 0;
  int ends = 0;
};

void take_output(nbcrawl::Http2Session& session, std::size_t fed) {
  constexpr std::size_t most_for_a_byte = 64;
  std::size_t taken = 0;
  for (auto out = session.output(); !out.empty(); out = session.output()) {
    taken += out.size();
    session.on_sent(out.size());
  }
  if (taken > 300'000 + fed * most_for_a_byte) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  const std::size_t cut = (data[0] * 256U + data[1]) % (input.size() + 1);
  nbcrawl::Http2Session session(512);
  std::array<Exchange, 3> exchanges;
  for (Exchange& exchange : exchanges) {
    nbcrawl::Fields head;
    const bool has_body = &exchange == &exchanges.back();
    exchange.request_body_bytes = has_body ? 200'000 : 0;
    head.add(":method", has_body ? "POST" : "GET");
    head.add(":scheme", "http");
    head.add(":authority", "h");
    head.add(":path", "/");
    session.submit(head, has_body, exchange.response, exchange);
  }
  take_output(session, 0);
  for (const std::string_view piece : {input.substr(0, cut), input.substr(cut)}) {
    const bool alive = session.feed(piece).has_value();
    session.admit();
    take_output(session, input.size());
    if (!alive) break;
  }
  session.end({.kind = nbcrawl::ErrorKind::connection_closed, .phase = nbcrawl::Phase::response});
  std::size_t body_bytes = 0;
  for (const Exchange& exchange : exchanges) {
    if (exchange.ends != 1) std::abort();
    body_bytes += exchange.body_bytes;
  }
  if (body_bytes > input.size() || session.active() != 0) std::abort();
  return 0;
}
