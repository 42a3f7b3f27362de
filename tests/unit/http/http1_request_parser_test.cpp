#include "http/http1_request_parser.hpp"

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "catch2_shim.hpp"

using namespace nbcrawl;
using State = Http1RequestParser::State;

namespace {

struct Parsed {
  State state = State::incomplete;
  int status = 0;
  std::string method;
  std::string target;
  int version_minor = -1;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool keep_alive = false;
  std::string rest;
  friend bool operator==(const Parsed&, const Parsed&) = default;
};

Parsed outcome(Http1RequestParser& parser, std::string rest) {
  const Request& request = parser.request();
  Parsed parsed{.state = parser.state(), .status = parser.status(), .rest = std::move(rest)};
  if (parser.state() != State::complete) return parsed;
  parsed.method = request.method;
  parsed.target = request.target;
  parsed.version_minor = request.version_minor;
  for (std::size_t i = 0; i < request.fields.size(); ++i) {
    parsed.fields.emplace_back(request.fields[i].name, request.fields[i].value);
  }
  parsed.body = request.body;
  parsed.keep_alive = parser.keep_alive();
  return parsed;
}

/// Feeds `input` in pieces that end where the connection would have split it.
Parsed parse_pieces(const std::vector<std::string_view>& pieces, RequestLimits limits = {}) {
  Http1RequestParser parser(limits);
  std::string rest;
  for (const std::string_view piece : pieces) {
    // A piece of its own, so that a look past its end is one outside of the allocation.
    const std::vector<char> copy(piece.begin(), piece.end());
    const std::size_t taken = parser.feed({copy.data(), copy.size()});
    rest += piece.substr(taken);
  }
  return outcome(parser, std::move(rest));
}

/// Parses in one piece, split in two at every byte, and byte by byte; all must agree. What a refused request leaves
/// over depends on the split and doesn't matter: the connection is closed.
Parsed parse(std::string_view input, RequestLimits limits = {}) {
  const auto without_rest = [](Parsed parsed) {
    if (parsed.state == State::refused) parsed.rest.clear();
    return parsed;
  };
  const Parsed whole = without_rest(parse_pieces({input}, limits));
  for (std::size_t i = 1; i < input.size(); ++i) {
    CAPTURE(i);
    REQUIRE(without_rest(parse_pieces({input.substr(0, i), input.substr(i)}, limits)) == whole);
  }
  std::vector<std::string_view> bytes;
  for (std::size_t i = 0; i < input.size(); ++i) bytes.push_back(input.substr(i, 1));
  REQUIRE(without_rest(parse_pieces(bytes, limits)) == whole);
  return whole;
}

void require_refused(std::string_view input, int status, RequestLimits limits = {}) {
  CAPTURE(input);
  const Parsed parsed = parse(input, limits);
  CHECK(parsed.state == State::refused);
  CHECK(parsed.status == status);
}

}  // namespace

TEST_CASE("a GET request is read whole, and what follows it is left for the next") {
  const Parsed parsed = parse("GET /a?b=c HTTP/1.1\r\nHost: h:80\r\nX-Empty:\r\nX-Space:  a b \t\r\n\r\nGET /next");
  CHECK(parsed.state == State::complete);
  CHECK(parsed.method == "GET");
  CHECK(parsed.target == "/a?b=c");
  CHECK(parsed.version_minor == 1);
  CHECK(parsed.fields == decltype(parsed.fields){{"Host", "h:80"}, {"X-Empty", ""}, {"X-Space", "a b"}});
  CHECK(parsed.body.empty());
  CHECK(parsed.keep_alive);
  CHECK(parsed.rest == "GET /next");
}

TEST_CASE("a body of announced length ends where it says") {
  const Parsed parsed = parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhelloGET");
  CHECK(parsed.state == State::complete);
  CHECK(parsed.body == "hello");
  CHECK(parsed.rest == "GET");
  CHECK(parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\nGET").state == State::complete);
  CHECK(parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhell").state == State::incomplete);
}

TEST_CASE("a chunked body comes out of its coding, and trailers are not taken for fields") {
  const Parsed parsed = parse(
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5;a;c=\"d\"\r\nhello\r\n6\r\n world\r\n0\r\nX-Admin: yes\r\n\r\nGET");
  CHECK(parsed.state == State::complete);
  CHECK(parsed.body == "hello world");
  CHECK(parsed.fields.size() == 2);
  CHECK(parsed.rest == "GET");
}

TEST_CASE("requests that follow one another on a connection are read one by one") {
  Http1RequestParser parser{RequestLimits{}};
  std::string_view input =
      "GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
      "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"
      "\r\nGET /3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  std::vector<std::string> targets;
  while (!input.empty()) {
    input.remove_prefix(parser.feed(input));
    REQUIRE(parser.state() == State::complete);
    targets.push_back(parser.request().target);
    CHECK(parser.keep_alive() == (targets.size() < 3));
    parser.reset();
    CHECK_FALSE(parser.begun());
  }
  CHECK(targets == std::vector<std::string>{"/1", "/2", "/3"});
}

TEST_CASE("persistence follows version and Connection") {
  CHECK(parse("GET / HTTP/1.1\r\nHost: h\r\n\r\n").keep_alive);
  CHECK_FALSE(parse("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").keep_alive);
  CHECK_FALSE(parse("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n").keep_alive);
  CHECK_FALSE(parse("GET / HTTP/1.0\r\n\r\n").keep_alive);
  CHECK(parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").keep_alive);
  CHECK(parse("GET / HTTP/1.2\r\nHost: h\r\n\r\n").keep_alive);
}

TEST_CASE("an Upgrade is ignored") {
  const Parsed parsed = parse("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nGET");
  CHECK(parsed.state == State::complete);
  CHECK(parsed.rest == "GET");
}

TEST_CASE("100 (Continue) is due once the head has come and no byte of the body has") {
  Http1RequestParser parser{RequestLimits{}};
  parser.feed("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r");
  CHECK_FALSE(parser.awaits_continue());
  parser.feed("\n");
  CHECK(parser.awaits_continue());
  parser.feed("a");
  CHECK_FALSE(parser.awaits_continue());
  parser.feed("b");
  CHECK(parser.state() == State::complete);

  parser.reset();
  parser.feed("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK_FALSE(parser.awaits_continue());
}

TEST_CASE("malformed requests are refused with 400") {
  for (const char* input : {
           "\x16\x03\x01\x02",
           " GET / HTTP/1.1\r\n\r\n",
           "G@T / HTTP/1.1\r\n\r\n",
           "GET\r\n\r\n",
           "GET / HTP/1.1\r\nHost: h\r\n\r\n",
           "GET / HTTP/11\r\nHost: h\r\n\r\n",
           "GET a HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /  HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1 \r\nHost: h\r\n\r\n",
           "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /\tHTTP/1.1\r\nHost: h\r\n\r\n",
           "GET /\rHTTP/1.1\r\nHost: h\r\n\r\n",
           "GET / http/1.1\r\nHost: h\r\n\r\n",
           "GET  HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\n: b\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nA\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nA: \x01\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nA: b\rc\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\nabc",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\nabc",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3, 3\r\n\r\nabc",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551616\r\n\r\nabc",
       }) {
    require_refused(input, 400);
  }
  require_refused(std::string_view("GET / HTTP/1.1\r\nHost: h\r\nA: \0\r\n\r\n", 33), 400);
}

TEST_CASE("framing that two servers could read differently is refused with 400") {
  for (const char* input : {
           "GET / HTTP/1.1\nHost: h\n\n",
           "GET / HTTP/1.1\r\nHost: h\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\n\n",
           "\nGET / HTTP/1.1\r\nHost: h\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n",
           "GET / HTTP/1.1\r\n Host: h\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \x0b"
           "chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3 \r\nabc\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n-3\r\nabc\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\nabc\r\n0\r\n\r\n",
           "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3;a\nb\r\nabc\r\n0\r\n\r\n",
       }) {
    require_refused(input, 400);
  }
}

TEST_CASE("what this server does not know is refused with 501 or 505") {
  require_refused("BREW / HTTP/1.1\r\nHost: h\r\n\r\n", 501);
  require_refused("get / HTTP/1.1\r\nHost: h\r\n\r\n", 501);
  require_refused("GETGET / HTTP/1.1\r\nHost: h\r\n\r\n", 501);
  require_refused("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", 501);
  require_refused(std::string(1000, 'A'), 501);
  require_refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501);
  require_refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501);
  require_refused("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501);
  require_refused("GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505);
  require_refused("GET / HTTP/3.7\r\nHost: h\r\n\r\n", 505);
  require_refused("GET /\r\n\r\n", 505);
}

TEST_CASE("a target that leaves no room for fields is refused with 414") {
  require_refused("GET /" + std::string(200, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n", 414, {.max_head_bytes = 100});
}

TEST_CASE("a head larger than the limit is refused with 431, one of just that size is not") {
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\nA: bcd\r\n\r\n";
  CHECK(parse(head, {.max_head_bytes = head.size()}).state == State::complete);
  require_refused(head, 431, {.max_head_bytes = head.size() - 1});
  std::string empty_lines;
  for (int i = 0; i < 60; ++i) empty_lines += "\r\n";
  require_refused(empty_lines, 431, {.max_head_bytes = 100});
}

TEST_CASE("a body larger than the limit is refused with 413, before it comes where its length is announced") {
  const RequestLimits limits{.max_body_bytes = 5};
  CHECK(parse("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello", limits).body == "hello");
  require_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n", 413, limits);
  require_refused("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 18446744073709551615\r\n\r\n", 413, limits);
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  CHECK(parse(chunked + "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", limits).body == "hello");
  require_refused(chunked + "3\r\nhel\r\n3\r\nlo!\r\n0\r\n\r\n", 413, limits);
}

TEST_CASE("endless chunk framing and endless trailers are refused") {
  const RequestLimits limits{.max_head_bytes = 128};
  const std::string chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string trailers;
  for (int i = 0; i < 100; ++i) trailers += "A: b\r\n";
  for (const std::string& framing : {std::string(1000, '0'), "1;" + std::string(1000, 'a'), "0\r\n" + trailers}) {
    Http1RequestParser parser(limits);
    const std::string input = chunked + framing;
    for (std::size_t i = 0; i < input.size() && parser.state() == State::incomplete; ++i) {
      parser.feed(std::string_view(input).substr(i, 1));
    }
    CHECK(parser.state() == State::refused);
    CHECK(parser.status() == 431);
  }
  std::string one_byte_chunks;
  for (int i = 0; i < 100; ++i) one_byte_chunks += "1\r\na\r\n";
  CHECK(parse(chunked + one_byte_chunks + "0\r\n\r\n", limits).body == std::string(100, 'a'));
}

TEST_CASE("a refused request takes nothing more") {
  Http1RequestParser parser{RequestLimits{}};
  parser.feed("GET / HTTP/9.0\r\n\r\n");
  REQUIRE(parser.state() == State::refused);
  CHECK(parser.feed("GET / HTTP/1.1\r\nHost: h\r\n\r\n") == 0);
  CHECK_FALSE(parser.reason().empty());
}
