#include "http/http2_session.hpp"

#include <stdexcept>
#include <string>

#include "catch2_shim.hpp"
#include "http2_client.hpp"
#include "http2_frames.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("a response arrives however its frames are cut", "[http2]") {
  const std::string bytes = settings({{3, 100}}) + headers(1, 0, {{":status", "103"}, {"link", "</a>"}}) +
                            headers(1, 0, {{":status", "200"}, {"content-length", "5"}, {"a", " b "}}) +
                            data(1, 0, "he") + frame(ping_frame, 0, 0, "12345678") + data(1, 0, "") +
                            data(1, 0, "llo") + headers(1, end_stream, {{"checksum", "1"}});
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    Client client;
    REQUIRE(client.feed(bytes.substr(0, cut)));
    REQUIRE(client.feed(bytes.substr(cut)));
    Exchange& got = client[0];
    CHECK(got.failure().empty());
    CHECK(got.ends == 1);
    CHECK(got.heads == 1);
    CHECK(got.announced == 5);
    CHECK(got.body == "hello");
    CHECK(got.response.status == 200);
    CHECK(got.response.version_major == 2);
    CHECK(got.response.fields.size() == 2);
    CHECK(got.response.fields.get("a") == "b");
    CHECK(got.response.trailers.get("checksum") == "1");
    CHECK(client.session.active() == 0);
    CHECK(client.session.takes_requests());
  }
}

TEST_CASE("a head in several frames arrives byte by byte", "[http2]") {
  const std::string bytes = settings() + frame(headers_frame, end_stream, 1, block({{":status", "200"}})) +
                            frame(continuation_frame, 0, 1, block({{"a", "1"}})) +
                            frame(continuation_frame, end_headers, 1, block({{"b", "2"}}));
  Client client;
  for (const char& byte : bytes) REQUIRE(client.feed({&byte, 1}));
  CHECK(client[0].failure().empty());
  CHECK(client[0].response.fields.size() == 2);
}

TEST_CASE("responses of one connection interleave", "[http2]") {
  Client client(2);
  REQUIRE(client.feed(settings() + headers(3, 0, {{":status", "200"}}) + headers(1, 0, {{":status", "404"}}) +
                      data(3, 0, "th") + data(1, end_stream, "one") + data(3, end_stream, "ree")));
  CHECK(client[0].body == "one");
  CHECK(client[0].response.status == 404);
  CHECK(client[1].body == "three");
}

TEST_CASE("a receiver submits the next request when its own is answered", "[http2]") {
  Client client;
  client[0].then = [&] { client.add(request_head("/next")); };
  REQUIRE(client.feed(settings() + headers(1, end_stream, {{":status", "200"}})));
  REQUIRE(client.exchanges.size() == 2);
  REQUIRE(client.feed(headers(3, end_stream, {{":status", "204"}})));
  CHECK(client[1].response.status == 204);
  CHECK(client[1].failure().empty());
}

TEST_CASE("what a receiver throws at its end comes out of the call that brought the end", "[http2]") {
  const auto throw_at_end = [](Client& client) { client[0].then = [] { throw std::runtime_error("mine"); }; };
  {
    Client client(2);
    throw_at_end(client);
    CHECK_THROWS_WITH(client.feed(settings() + headers(1, end_stream, {{":status", "200"}}) +
                                  headers(3, end_stream, {{":status", "200"}})),
                      "mine");
  }
  {
    Client client;
    throw_at_end(client);
    CHECK_THROWS_WITH(client.session.end({.kind = ErrorKind::connection_closed}), "mine");
  }
}

TEST_CASE("a receiver that another one cancels is not told, though its stream has ended", "[http2]") {
  Client client(2);
  client[0].then = [&] {
    CHECK(client.session.active() == 1);
    client.session.cancel(client[1]);
  };
  REQUIRE(client.feed(settings() + headers(1, end_stream, {{":status", "200"}}) +
                      headers(3, end_stream, {{":status", "200"}})));
  CHECK(client[0].ends == 1);
  CHECK(client[1].ends == 0);
  CHECK(client.session.active() == 0);
}

TEST_CASE("a response without body says nothing of its length", "[http2]") {
  Client client(0);
  client.add(request_head("/", "HEAD"));
  client.add();
  REQUIRE(client.feed(settings() + headers(1, 0, {{":status", "200"}, {"content-length", "9"}}) +
                      data(1, end_stream, "") + headers(3, end_stream, {{":status", "304"}, {"content-length", "9"}})));
  for (Exchange& exchange : client.exchanges) {
    CHECK(exchange.failure().empty());
    CHECK(exchange.announced == 0);
  }
}

TEST_CASE("a stream that breaks the rules fails alone", "[http2]") {
  const std::string head = headers(1, 0, {{":status", "200"}, {"content-length", "5"}});
  const std::pair<std::string, std::string> cases[] = {
      {rst(1, 2), "stream_reset"},
      {headers(1, 0, {{":status", "200"}}) + rst(1, 0), "stream_reset"},
      {head + data(1, end_stream, "four"), "truncated_body"},
      {head + data(1, end_stream, "longer"), "malformed_response"},
      {head + headers(1, end_stream, {{"t", "1"}}), "truncated_body"},
      {headers(1, end_stream, {{":status", "100"}}), "malformed_response"},
      {headers(1, end_stream, {{"a", "no status"}}), "malformed_response"},
      {headers(1, end_stream, {{":status", "20"}}), "malformed_response"},
      {headers(1, end_stream, {{":status", "101"}}), "malformed_response"},
      {headers(1, 0, {{":status", "050"}}) + data(1, end_stream, "a"), "malformed_response"},
      {headers(1, end_stream, {{":status", "200"}, {"Upper", "1"}}), "malformed_response"},
      {headers(1, end_stream, {{":status", "200"}, {"a", "b\r\nc: d"}}), "malformed_response"},
      {headers(1, end_stream, {{":status", "200"}, {"connection", "close"}}), "malformed_response"},
      {headers(1, end_stream, {{":status", "200"}, {"content-length", "-1"}}), "malformed_response"},
      {headers(1, end_stream, {{":status", "200"}, {"content-length", "1"}, {"content-length", "2"}}),
       "malformed_response"}};
  for (const auto& [bytes, failure] : cases) {
    Client client(2);
    INFO(failure << " " << client.error);
    REQUIRE(client.feed(settings() + bytes));
    CHECK(client[0].failure() == failure);
    CHECK(client[0].ends == 1);
    CHECK(client[0].end.handling != Handling::untouched);
    REQUIRE(client.feed(headers(3, end_stream, {{":status", "200"}})));
    CHECK(client[1].failure().empty());
  }
}

TEST_CASE("a refused stream was not touched, unless it was answered", "[http2]") {
  Client client(2);
  REQUIRE(client.feed(settings() + rst(1, 7) + headers(3, 0, {{":status", "200"}}) + rst(3, 7)));
  CHECK(client[0].failure() == "stream_reset");
  CHECK(client[0].end.handling == Handling::untouched);
  CHECK(client[1].failure() == "stream_reset");
  CHECK(client[1].end.handling == Handling::answered);
}

TEST_CASE("a stream that the server wants over HTTP/1.1 was not touched, unless it was answered", "[http2]") {
  Client client(3);
  REQUIRE(client.feed(settings() + rst(1, 13) + headers(3, 0, {{":status", "200"}}) + rst(3, 13) + rst(5, 2)));
  CHECK(client[0].end.handling == Handling::untouched);
  CHECK(client[0].end.wants_http1);
  CHECK(client[1].end.handling == Handling::answered);
  CHECK(client[1].end.wants_http1);
  CHECK_FALSE(client[2].end.wants_http1);
  CHECK(client.session.takes_requests());
}

TEST_CASE("a server that goes away for want of HTTP/1.1 says so to all", "[http2]") {
  Client client(3);
  client.feed(settings() + goaway(3, 13) + headers(1, end_stream, {{":status", "200"}}));
  client.session.end({.kind = ErrorKind::connection_closed});
  CHECK_FALSE(client[0].end.wants_http1);
  CHECK(client[1].end.wants_http1);
  CHECK(client[1].end.handling == Handling::unanswered);
  CHECK(client[2].end.wants_http1);
  CHECK(client[2].end.handling == Handling::untouched);
}

TEST_CASE("a server that refuses one request after another is no flood", "[http2]") {
  Client client(0);
  REQUIRE(client.feed(settings()));
  for (std::size_t i = 0; i <= Http2Session::max_idle_frames; ++i) {
    client.add();
    REQUIRE(client.feed(rst(static_cast<std::uint32_t>(2 * i + 1), 7)));
  }
  CHECK(client.exchanges.back().failure() == "stream_reset");
}

TEST_CASE("a server that goes away ends what it has begun and leaves the rest untouched", "[http2]") {
  Client client(2);
  REQUIRE(client.feed(settings() + headers(1, 0, {{":status", "200"}}) + goaway(1)));
  CHECK(client[1].failure() == "connection_closed");
  CHECK(client[1].end.handling == Handling::untouched);
  CHECK_FALSE(client.session.takes_requests());
  CHECK(client[0].ends == 0);
  client.feed(data(1, end_stream, "whole"));
  CHECK(client[0].failure().empty());
  CHECK(client[0].body == "whole");
}

TEST_CASE("a request that is being answered was touched, whatever the server says when it goes away", "[http2]") {
  Client client;
  client.feed(settings() + headers(1, 0, {{":status", "200"}}) + goaway(0));
  CHECK(client[0].failure() == "connection_closed");
  CHECK(client[0].end.handling == Handling::answered);
}

TEST_CASE("a request begins when the server's limit on streams lets it", "[http2]") {
  Client client(0);
  REQUIRE(client.feed(settings({{3, 1}})));
  client.add();
  client.add();
  client.take();
  CHECK(client[0].begun == 1);
  CHECK(client[1].begun == 0);
  REQUIRE(client.feed(headers(1, end_stream, {{":status", "200"}})));
  CHECK(client[1].begun == 1);
}

TEST_CASE("of the requests that are waited for, those are counted that have begun", "[http2]") {
  Client client(0);
  REQUIRE(client.feed(settings({{3, 2}})));
  for (int i = 0; i < 4; ++i) client.add();
  CHECK(client.session.open() == 0);
  client.take();
  CHECK(client.session.open() == 2);
  client.session.cancel(client[3]);  // not begun
  CHECK(client.session.open() == 2);
  client.session.cancel(client[0]);
  CHECK(client.session.open() == 1);  // before the server has been told
  client.take();
  CHECK(client.session.open() == 2);
  REQUIRE(client.feed(headers(3, end_stream, {{":status", "200"}}) + headers(5, end_stream, {{":status", "200"}})));
  CHECK(client.session.open() == 0);
  CHECK(client.session.active() == 0);
}

TEST_CASE("a request that waits for its turn is untouched when the server goes away", "[http2]") {
  Client client(0);
  REQUIRE(client.feed(settings({{3, 1}})));
  client.add();
  client.add();
  // The first warning names no stream (RFC 9113 section 6.8).
  REQUIRE(client.feed(goaway(0x7FFFFFFF)));
  CHECK(client[0].ends == 0);
  CHECK(client[1].end.handling == Handling::untouched);
}

TEST_CASE("what has not begun is given back unsent, in its order, and not sent when a stream is free", "[http2]") {
  Client client(0);
  std::vector<int> order;
  REQUIRE(client.feed(settings({{3, 2}})));
  for (int i = 0; i < 6; ++i)
    client.add(request_head(), i == 4 ? "body" : "").then = [&order, i] { order.push_back(i); };
  REQUIRE(client.feed(headers(1, end_stream, {{":status", "200"}})));  // the third begins
  client.session.return_unsent();
  CHECK(order == std::vector{0, 3, 4, 5});
  for (const std::size_t i : {3U, 4U, 5U}) {
    CHECK(client[i].failure() == "connection_closed");
    CHECK(client[i].end.handling == Handling::unsent);
    CHECK(client[i].request_body.size() == (i == 4 ? 4 : 0));
  }
  CHECK(client.session.active() == 2);
  REQUIRE(client.feed(headers(3, end_stream, {{":status", "200"}}) + headers(5, end_stream, {{":status", "200"}})));
  CHECK(order == std::vector{0, 3, 4, 5, 1, 2});
  for (const std::uint32_t stream : {7U, 9U, 11U}) CHECK(client.sent.find(number32(stream)) == std::string::npos);
  CHECK(client.session.takes_requests());
}

TEST_CASE("what is given back may cancel another one that is", "[http2]") {
  Client client(0);
  REQUIRE(client.feed(settings({{3, 1}})));
  for (int i = 0; i < 3; ++i) client.add();
  client.take();
  client[1].then = [&] { client.session.cancel(client[2]); };
  client.session.return_unsent();
  CHECK(client[1].ends == 1);
  CHECK(client[2].ends == 0);
  CHECK(client.session.active() == 1);
}

TEST_CASE("a request of which some is sent is not given back, nor untouched when the server will go away", "[http2]") {
  Client client(0);
  Fields head = request_head();
  head.add("long", std::string(100'000, 'x'));  // more than is written ahead
  client.add(head);
  REQUIRE_FALSE(client.session.output().empty());
  CHECK(client[0].begun == 0);
  client.session.return_unsent();
  REQUIRE(client.session.feed(settings() + goaway(0x7FFFFFFF)).has_value());
  CHECK(client[0].ends == 0);
  client.feed(headers(1, end_stream, {{":status", "200"}}));
  CHECK(client[0].begun == 1);
  CHECK(client[0].failure().empty());
}

TEST_CASE("a limit on streams is kept", "[http2]") {
  Client client(0);
  REQUIRE(client.feed(settings({{3, 1}})));
  client.add(request_head("/1"));
  client.add(request_head("/2"));
  client.sent.clear();
  client.sent = client.take();
  CHECK(client.sent.find(std::string("\0\0\0\3", 4)) == std::string::npos);
  REQUIRE(client.feed(headers(1, end_stream, {{":status", "200"}})));
  REQUIRE(client.feed(headers(3, end_stream, {{":status", "200"}})));
  CHECK(client[1].failure().empty());
}

TEST_CASE("who has enough of a body is done, and the server is told to stop", "[http2]") {
  Client client;
  client[0].enough = 3;
  REQUIRE(client.feed(settings() + headers(1, 0, {{":status", "200"}}) + data(1, 0, "abcd") + data(1, 0, "efgh")));
  CHECK(client[0].failure().empty());
  CHECK(client[0].body == "abcd");
  CHECK(client.sent.find(rst(1, 8)) != std::string::npos);
}

TEST_CASE("a stream that is cancelled is heard of no more", "[http2]") {
  for (const bool was_sent : {false, true}) {
    Client client(2);
    if (was_sent) client.take();
    client.session.cancel(client[0]);
    client.sent = client.take();
    CHECK((client.sent.find(rst(1, 8)) != std::string::npos) == was_sent);
    REQUIRE(client.feed(settings() + (was_sent ? headers(1, end_stream, {{":status", "200"}}) : "") +
                        headers(3, end_stream, {{":status", "200"}})));
    CHECK(client[0].ends == 0);
    CHECK(client[0].heads == 0);
    CHECK(client[1].failure().empty());
  }
}

TEST_CASE("a receiver that refuses a response ends its stream", "[http2]") {
  Client client(2);
  client[0].refused = Error{.kind = ErrorKind::body_too_large, .phase = Phase::response, .detail = "no"};
  REQUIRE(client.feed(settings() + headers(1, 0, {{":status", "200"}}) + data(1, 0, "more") +
                      headers(3, end_stream, {{":status", "200"}})));
  CHECK(client[0].failure() == "body_too_large");
  CHECK(client[0].body.empty());
  CHECK(client.sent.find(rst(1, 8)) != std::string::npos);
  CHECK(client[1].failure().empty());
}

TEST_CASE("a head has a limit, however it is made", "[http2]") {
  SECTION("one large field") {
    Client client(2);
    // An indexed field costs a byte and stands for 32 and more: a bomb (RFC 7541 section 7.3).
    std::string bomb = block({{":status", "200"}});
    bomb.push_back('\x40');  // literal with indexing
    bomb.append("\1a\1b");
    bomb.append(1000, '\xBE');
    REQUIRE(client.feed(settings() + frame(headers_frame, end_headers | end_stream, 1, bomb)));
    CHECK(client[0].failure() == "header_too_large");
    REQUIRE(client.feed(headers(3, end_stream, {{":status", "200"}})));
    CHECK(client[1].failure().empty());
  }
  SECTION("endless interim responses") {
    Client client;
    REQUIRE(client.feed(settings()));
    for (int i = 0; i < 200 && client[0].ends == 0; ++i) REQUIRE(client.feed(headers(1, 0, {{":status", "103"}})));
    CHECK(client[0].failure() == "header_too_large");
  }
  SECTION("trailers") {
    Client client;
    std::string trailers;
    for (int i = 0; i < 100; ++i) trailers += block({{"trailer-name", "and its value"}});
    REQUIRE(client.feed(settings() + headers(1, 0, {{":status", "200"}}) +
                        frame(headers_frame, end_headers | end_stream, 1, trailers)));
    CHECK(client[0].failure() == "header_too_large");
  }
}

TEST_CASE("a breach of the protocol ends the connection for all its streams", "[http2]") {
  const std::string head = headers(1, 0, {{":status", "200"}});
  const std::string cases[] = {
      data(0, 0, "a"),                                                                   // no stream
      head + frame(headers_frame, 0, 3, block({{":status", "200"}})) + data(1, 0, "a"),  // inside a field block
      frame(headers_frame, end_headers, 1, "\xFF\xFF\xFF\xFF\xFF\xFF"),                  // no HPACK
      data(1, end_stream, "no head"),
      frame(settings_frame, ack, 0) + frame(push_frame, end_headers, 1, number32(2) + block({{":method", "GET"}})),
      headers(2, end_stream, {{":status", "200"}}),  // a stream of the server's
      headers(5, end_stream, {{":status", "200"}}),  // one we have not opened
      frame(settings_frame, 0, 0, "12345"),
      settings({{4, 0x80000000U}}),  // a window too large
      frame(window_update_frame, 0, 0, number32(0)),
      frame(ping_frame, 0, 0, "short"),
      frame(data_frame, 0, 1, std::string(16385, 'x'))};  // larger than we allow
  for (const std::string& bytes : cases) {
    INFO("case " << &bytes - cases);
    Client client(2);
    const bool alive = client.feed(settings() + bytes);
    CHECK_FALSE(alive);
    CHECK(client.error.starts_with("HTTP/2: the server broke the protocol"));
    for (Exchange& exchange : client.exchanges) CHECK(exchange.ends == 1);
    CHECK(client[1].failure() == "malformed_response");
    CHECK_FALSE(client.session.takes_requests());
    CHECK(client.session.active() == 0);
  }
}

TEST_CASE("a server that answers in HTTP/1.1 is told from one that breaks HTTP/2", "[http2]") {
  Client client;
  CHECK_FALSE(client.feed("HTTP/1.1 400 Bad Request\r\n\r\n"));
  CHECK(client.error == "the server does not speak HTTP/2");
  CHECK(client[0].failure() == "malformed_response");
}

TEST_CASE("a push that was sent before the server knew better is refused", "[http2]") {
  Client client;
  const std::string promise = block({{":method", "GET"}, {":scheme", "http"}, {":authority", "h"}, {":path", "/"}});
  REQUIRE(client.feed(settings() + frame(push_frame, end_headers, 1, number32(2) + promise) +
                      headers(2, 0, {{":status", "200"}})));
  CHECK(client.sent.find(rst(2, 8)) != std::string::npos);
  REQUIRE(client.feed(data(2, end_stream, "unasked")));
  REQUIRE(client.feed(headers(1, end_stream, {{":status", "200"}})));
  CHECK(client[0].failure().empty());
}

TEST_CASE("floods end the connection", "[http2]") {
  const std::pair<const char*, std::string> floods[] = {
      {"ping", frame(ping_frame, 0, 0, "12345678")},
      {"settings", settings({{3, 100}})},
      {"empty data", data(1, 0, "")},
      {"window updates", frame(window_update_frame, 0, 1, number32(1))},
      {"unknown frames", frame(99, 0, 1, std::string(16'384, 'x'))},
      {"priorities", frame(priority_frame, 0, 9, std::string(5, '\0'))}};
  for (const auto& [what, piece] : floods) {
    INFO(what);
    Client client(1);
    REQUIRE(client.feed(settings() + headers(1, 0, {{":status", "200"}})));
    bool alive = true;
    for (std::size_t i = 0; i <= Http2Session::max_idle_frames && alive; ++i) alive = client.feed(piece);
    CHECK_FALSE(alive);
    CHECK(client[0].ends == 1);
  }
  SECTION("continuations of nothing") {
    Client client(1);
    bool alive = client.feed(settings() + frame(headers_frame, 0, 1, block({{":status", "200"}})));
    for (int i = 0; i < 100 && alive; ++i) alive = client.feed(frame(continuation_frame, 0, 1));
    CHECK_FALSE(alive);
    CHECK(client[0].failure() == "malformed_response");
  }
  SECTION("questions whose answers are not read pile up no memory") {
    Client client(1);
    REQUIRE(client.feed(settings()));
    bool alive = true;
    for (int i = 0; i < 9000 && alive; ++i)
      alive = client.session.feed(frame(ping_frame, 0, 0, "12345678")).has_value();
    CHECK_FALSE(alive);
  }
}

TEST_CASE("what the end of a connection means depends on what came", "[http2]") {
  Client client(3);
  REQUIRE(client.feed(settings({{3, 2}}) + headers(1, 0, {{":status", "200"}})));
  client.add();
  client.take();
  client.session.end({.kind = ErrorKind::connection_closed, .phase = Phase::response, .detail = "closed"});
  CHECK(client[0].failure() == "truncated_body");
  CHECK(client[0].end.handling == Handling::answered);
  CHECK(client[1].failure() == "connection_closed");
  CHECK(client[1].end.handling == Handling::unanswered);
  CHECK(client[3].end.handling == Handling::untouched);  // it waited for its turn
  CHECK_FALSE(client.session.takes_requests());
}

}  // namespace
}  // namespace nbcrawl
