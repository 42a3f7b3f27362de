#include "http/http1_response_parser.hpp"

#include <string>
#include <vector>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

constexpr std::size_t default_limit = 4096;

/// Collects what a parser tells.
class Recorder final : public ResponseReceiver {
 public:
  Result<> on_head(std::uint64_t /*announced_bytes*/) override {
    ++heads;
    return {};
  }
  Result<> on_body(std::string_view data) override {
    body.append(data);
    return {};
  }
  int heads = 0;
  std::string body;
};

struct Outcome {
  Response response;
  std::string body;
  int heads = 0;
  bool complete = false;
  bool keep_alive = false;
  std::string left_over;
  std::optional<Error> error;
};

/// Feeds a response in pieces cut at the given place, then ends the connection if it is not complete.
Outcome parse(std::string_view bytes, std::size_t cut, bool to_head = false, std::size_t limit = default_limit) {
  Http1ResponseParser parser(limit);
  Outcome outcome;
  Recorder recorder;
  parser.start(outcome.response, recorder, to_head);
  std::size_t used = 0;
  for (const std::string_view piece : {bytes.substr(0, cut), bytes.substr(cut)}) {
    // What follows a complete response is not fed: it is nobody's.
    if (parser.is_complete() || outcome.error) break;
    const std::string copy(piece);  // so that a look behind the piece is found out
    if (auto fed = parser.feed(copy)) {
      used += *fed;
    } else {
      outcome.error = fed.error();
    }
  }
  if (!outcome.error && !parser.is_complete()) {
    if (auto ended = parser.finish(); !ended) outcome.error = ended.error();
  }
  outcome.body = recorder.body;
  outcome.heads = recorder.heads;
  outcome.complete = parser.is_complete();
  outcome.keep_alive = parser.keep_alive();
  outcome.left_over = bytes.substr(used);
  return outcome;
}

/// The outcome, which must be the same wherever the bytes are cut.
Outcome parse_at_every_cut(std::string_view bytes, bool to_head = false) {
  Outcome whole = parse(bytes, bytes.size(), to_head);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    const Outcome split = parse(bytes, cut, to_head);
    INFO("cut at " << cut << " of " << bytes);
    CHECK(split.error.has_value() == whole.error.has_value());
    if (split.error && whole.error) {
      CHECK(code(split.error->kind) == code(whole.error->kind));
      continue;
    }
    CHECK(split.body == whole.body);
    CHECK(split.response.status == whole.response.status);
    CHECK(split.response.reason == whole.response.reason);
    CHECK(split.response.fields.size() == whole.response.fields.size());
    CHECK(split.response.trailers.size() == whole.response.trailers.size());
    CHECK(split.heads == whole.heads);
    CHECK(split.keep_alive == whole.keep_alive);
    CHECK(split.left_over == whole.left_over);
  }
  return whole;
}

TEST_CASE("a counted body ends where Content-Length says, whatever follows", "[http]") {
  const Outcome got = parse_at_every_cut("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b \r\n\r\nhelloHTTP/1.1 200");
  REQUIRE_FALSE(got.error);
  CHECK(got.body == "hello");
  CHECK(got.left_over == "HTTP/1.1 200");
  CHECK(got.response.reason == "OK");
  CHECK(got.response.fields.get("x-a") == "b");
  CHECK(got.keep_alive);
  CHECK(got.heads == 1);
}

TEST_CASE("chunks are joined and trailers kept apart from fields", "[http]") {
  const Outcome got = parse_at_every_cut(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;ext=\"v\"\r\nwiki\r\n05\r\npedia\r\n0\r\nDigest: "
      "x\r\n\r\n");
  REQUIRE_FALSE(got.error);
  CHECK(got.body == "wikipedia");
  CHECK(got.response.fields.size() == 1);
  CHECK(got.response.trailers.get("digest") == "x");
  CHECK(got.left_over.empty());
  CHECK(got.keep_alive);
}

TEST_CASE("a body without length ends with the connection, which is not used again", "[http]") {
  const Outcome got = parse_at_every_cut("HTTP/1.1 200 OK\r\nServer: x\r\n\r\nall of it");
  REQUIRE_FALSE(got.error);
  CHECK(got.body == "all of it");
  CHECK_FALSE(got.keep_alive);
}

TEST_CASE("interim responses are skipped", "[http]") {
  const Outcome got = parse_at_every_cut(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 "
      "Fine\r\nContent-Length: 1\r\n\r\nx");
  REQUIRE_FALSE(got.error);
  CHECK(got.response.status == 200);
  CHECK(got.response.reason == "Fine");
  CHECK(got.response.fields.size() == 1);
  CHECK(got.body == "x");
}

TEST_CASE("an interim response ends neither connection nor body, whatever its version and fields say", "[http]") {
  for (const std::string interim :
       {"HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n", "HTTP/1.0 100 Continue\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nContent-Length: 500\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: gzip\r\nConnection: close\r\n\r\n"}) {
    INFO(interim);
    for (const std::string body :
         {"Content-Length: 1\r\n\r\nx", "Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"}) {
      const Outcome got = parse_at_every_cut(interim + interim + "HTTP/1.1 200 Fine\r\n" + body);
      REQUIRE_FALSE(got.error);
      CHECK(got.response.status == 200);
      CHECK(got.response.fields.size() == 1);
      CHECK(got.body == "x");
      CHECK(got.keep_alive);
    }
    CHECK(parse_at_every_cut(interim + "HTTP/1.1 200 Fine\r\n\r\nx").body == "x");
  }
}

TEST_CASE("HEAD, 204 and 304 have no body whatever their fields say", "[http]") {
  const Outcome head = parse_at_every_cut("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", true);
  REQUIRE_FALSE(head.error);
  CHECK(head.complete);
  CHECK(head.keep_alive);
  const Outcome chunked_head = parse_at_every_cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", true);
  CHECK(chunked_head.complete);
  for (const std::string status : {"204", "304"}) {
    const Outcome got = parse_at_every_cut("HTTP/1.1 " + status + " x\r\nContent-Length: 500\r\n\r\nnext");
    REQUIRE_FALSE(got.error);
    CHECK(got.left_over == "next");
    CHECK(got.body.empty());
  }
}

TEST_CASE("keep-alive follows version and Connection", "[http]") {
  CHECK(parse_at_every_cut("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").keep_alive == false);
  CHECK(parse_at_every_cut("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n").keep_alive);
  CHECK(parse_at_every_cut("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").keep_alive == false);
  CHECK(parse_at_every_cut("HTTP/1.1 200 OK\r\nConnection: foo, Close\r\nContent-Length: 0\r\n\r\n").keep_alive ==
        false);
}

TEST_CASE("a transfer coding of HTTP/1.0 ends the connection, since another reader may have seen another end",
          "[http]") {
  const std::string head = "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";
  const Outcome got = parse_at_every_cut(head + "1\r\nx\r\n0\r\n\r\n");
  CHECK(got.complete);
  CHECK(got.body == "x");
  CHECK_FALSE(got.keep_alive);
  CHECK_FALSE(parse_at_every_cut(head, true).keep_alive);
}

TEST_CASE("framing that can be read two ways is refused", "[http]") {
  const std::string_view bad[] = {
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nContent-Length: 0x5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\nx",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabX\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\n: x\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n: x\r\n\r\n",
      std::string_view("HTTP/1.1 200 OK\r\nX\0Y: 5\r\n\r\nhello", 32),
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1  OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
      "HTTP/2.0 200 OK\r\n\r\n",
      "ICY 200 OK\r\n\r\n",
      "garbage",
  };
  for (const std::string_view bytes : bad) {
    const Outcome got = parse_at_every_cut(bytes);
    INFO(bytes);
    REQUIRE(got.error);
    CHECK(code(got.error->kind) == "malformed_response");
  }
}

TEST_CASE("a connection that ends too early is told from a body that ends with it", "[http]") {
  const auto kind = [](std::string_view bytes) {
    const Outcome got = parse_at_every_cut(bytes);
    return got.error ? std::string(code(got.error->kind)) : "none";
  };
  CHECK(kind("") == "connection_closed");
  CHECK(kind("HTTP/1.1 200 OK\r\nContent-Le") == "connection_closed");
  CHECK(kind("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive!") == "truncated_body");
  CHECK(kind("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n") == "truncated_body");
  CHECK(kind("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive!\r\n0\r\n") == "truncated_body");
}

TEST_CASE("the head's limit is exact and holds over interim responses", "[http]") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  for (std::size_t cut = 0; cut <= head.size(); ++cut) {
    CHECK_FALSE(parse(head, cut, false, head.size()).error);
    const Outcome over = parse(head, cut, false, head.size() - 1);
    REQUIRE(over.error);
    CHECK(code(over.error->kind) == "header_too_large");
  }
  std::string interim;
  while (interim.size() < default_limit) interim += "HTTP/1.1 100 Continue\r\n\r\n";
  const Outcome got = parse(interim + head, 7);
  REQUIRE(got.error);
  CHECK(code(got.error->kind) == "header_too_large");
}

/// Feeds a prefix and then the same piece again and again: what never ends must be cut off.
std::optional<Error> feed_for_ever(std::string_view prefix, std::string_view piece) {
  Http1ResponseParser parser(default_limit);
  Response response;
  Recorder recorder;
  parser.start(response, recorder, false);
  if (auto fed = parser.feed(prefix); !fed) return fed.error();
  for (std::size_t bytes = 0; bytes < 100 * default_limit; bytes += piece.size()) {
    if (auto fed = parser.feed(piece); !fed) return fed.error();
  }
  return std::nullopt;
}

TEST_CASE("chunk extensions and trailers that never end are cut off", "[http]") {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto& [prefix, piece] : {std::pair<std::string, std::string>{chunked + "5;", "extension"},
                                      {chunked + "0\r\n", "A: b\r\n"},
                                      {chunked + "0\r\nA: ", "bbbb"}}) {
    const auto error = feed_for_ever(prefix, piece);
    REQUIRE(error);
    CHECK(code(error->kind) == "header_too_large");
  }
}

TEST_CASE("one-byte chunks without end do not trip the framing limit", "[http]") {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK_FALSE(feed_for_ever(chunked, "1\r\nx\r\n"));
}

TEST_CASE("one parser reads response after response", "[http]") {
  Http1ResponseParser parser(default_limit);
  for (int i = 0; i < 3; ++i) {
    Response response;
    Recorder recorder;
    parser.start(response, recorder, false);
    CHECK_FALSE(parser.has_begun());
    const std::string bytes = i == 1 ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n"
                                     : "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na";
    REQUIRE(parser.feed(bytes) == bytes.size());
    CHECK(parser.has_begun());
    CHECK(parser.is_complete());
    CHECK(recorder.body == (i == 1 ? "b" : "a"));
  }
}

TEST_CASE("a counted body may be taken past the parser", "[http]") {
  Http1ResponseParser parser(default_limit);
  Response response;
  Recorder recorder;
  parser.start(response, recorder, false);
  REQUIRE(parser.feed("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"));
  CHECK(parser.counted_body_left() == 7);
  parser.skip_body(6);
  CHECK_FALSE(parser.is_complete());
  CHECK(parser.feed("zNEXT") == std::size_t{1});
  CHECK(parser.is_complete());
  CHECK(recorder.body == "abcz");
}

TEST_CASE("the receiver's error ends the response with it", "[http]") {
  class Refusing final : public ResponseReceiver {
   public:
    explicit Refusing(bool head) : head_(head) {}
    Result<> on_head(std::uint64_t /*announced_bytes*/) override { return head_ ? refuse() : Result<>{}; }
    Result<> on_body(std::string_view) override { return refuse(); }

   private:
    static Result<> refuse() {
      return std::unexpected(Error{.kind = ErrorKind::body_too_large, .phase = Phase::response});
    }
    bool head_;
  };
  for (const bool at_head : {true, false}) {
    for (const std::string bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nb\r\n0\r\n\r\n"}) {
      Http1ResponseParser parser(default_limit);
      Response response;
      Refusing refusing(at_head);
      parser.start(response, refusing, false);
      const auto fed = parser.feed(bytes);
      REQUIRE_FALSE(fed);
      CHECK(code(fed.error().kind) == "body_too_large");
    }
  }
}

}  // namespace
}  // namespace nbcrawl
