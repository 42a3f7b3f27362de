#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "http/http2_session.hpp"

namespace nbcrawl {

inline constexpr std::size_t header_limit = 4096;

/// One exchange: what a session tells of it.
class Exchange final : public Http2Receiver {
 public:
  Result<> on_head(std::uint64_t announced_bytes) override {
    ++heads;
    announced = announced_bytes;
    return refused ? std::unexpected(*refused) : Result<>();
  }
  Result<> on_body(std::string_view bytes) override {
    body.append(bytes);
    return {};
  }
  void on_request_begun() override { ++begun; }
  bool wants_rest() const noexcept override { return body.size() < enough; }
  bool has_room() override { return body.size() < room; }
  std::optional<std::size_t> read_request_body(std::span<char> into) override {
    const std::size_t bytes = std::min(into.size(), request_body.size());
    std::copy_n(request_body.begin(), bytes, into.begin());
    request_body.erase(0, bytes);
    return bytes;
  }
  void on_end(ResponseEnd ended) override {
    ++ends;
    end = std::move(ended);
    if (then) then();
  }

  [[nodiscard]] std::string failure() const {
    return ends == 0 ? "-" : end.outcome ? "" : std::string(code(end.outcome.error().kind));
  }

  Response response;
  std::string request_body;
  std::string body;
  std::size_t enough = static_cast<std::size_t>(-1);
  std::size_t room = static_cast<std::size_t>(-1);
  std::optional<Error> refused;
  std::function<void()> then;
  std::uint64_t announced = 0;
  int begun = 0;
  int heads = 0;
  int ends = 0;
  ResponseEnd end;
};

inline Fields request_head(std::string_view path = "/", std::string_view method = "GET") {
  Fields head;
  head.add(":method", method);
  head.add(":scheme", "http");
  head.add(":authority", "h");
  head.add(":path", path);
  return head;
}

/// A session, and its exchanges from stream 1 on.
struct Client {
  explicit Client(std::size_t exchanges_at_once = 1) {
    for (std::size_t i = 0; i < exchanges_at_once; ++i) add();
  }
  Exchange& add(const Fields& head = request_head(), std::string body = {}) {
    Exchange& exchange = exchanges.emplace_back();
    exchange.request_body = std::move(body);
    session.submit(head, !exchange.request_body.empty(), exchange.response, exchange);
    return exchange;
  }
  /// What the session has to send.
  std::string take() {
    std::string out;
    for (auto piece = session.output(); !piece.empty(); piece = session.output()) {
      out.append(piece);
      session.on_sent(piece.size());
    }
    return out;
  }
  bool feed(std::string_view bytes) {
    take();
    const std::string copy(bytes);  // so that a look behind is found out
    auto fed = session.feed(copy);
    if (!fed) error = fed.error().detail;
    sent += take();
    return fed.has_value();
  }
  Exchange& operator[](std::size_t i) { return exchanges[i]; }

  Http2Session session{header_limit};
  std::deque<Exchange> exchanges;
  std::string sent;  // since the first feed()
  std::string error;
};

}  // namespace nbcrawl
