// How much an HTTP/2 server may send ahead.
#include <string>

#include "catch2_shim.hpp"
#include "http/http2_session.hpp"
#include "http2_client.hpp"
#include "http2_frames.hpp"

namespace nbcrawl {
namespace {

/// Window updates of a stream that were sent; 0: of the connection.
std::size_t window_updates(std::string_view sent, std::uint32_t stream) {
  const std::string head = frame(window_update_frame, 0, stream).substr(3);
  std::size_t count = 0;
  for (std::size_t at = 0; (at = sent.find(head, at)) != std::string_view::npos; at += head.size()) ++count;
  return count;
}

TEST_CASE("the window of a stream opens as its receiver has room, that of the connection always", "[http2]") {
  Client client(2);
  REQUIRE(client.feed(settings() + frame(settings_frame, ack, 0) + headers(1, 0, {{":status", "200"}}) +
                      headers(3, 0, {{":status", "200"}})));
  const std::string piece = data(1, 0, std::string(16'384, 'x')) + data(3, 0, std::string(16'384, 'y'));
  client[0].room = 100'000;
  client.sent.clear();
  for (std::size_t bytes = 0; bytes < Http2Session::stream_window_bytes; bytes += 16'384) REQUIRE(client.feed(piece));
  CHECK(window_updates(client.sent, 1) == 0);
  CHECK(window_updates(client.sent, 3) == 2);  // one for each half
  CHECK(client[0].body.size() == Http2Session::stream_window_bytes);
  const auto admit = [&] {
    client.session.admit();
    client.sent += client.take();
  };
  SECTION("it goes on when it has room again") {
    client[0].room = 10'000'000;
    admit();
    CHECK(window_updates(client.sent, 1) == 1);
    REQUIRE(client.feed(data(1, end_stream, "end")));
    CHECK(client[0].failure().empty());
  }
  SECTION("not while it has none") {
    admit();
    CHECK(window_updates(client.sent, 1) == 0);
    REQUIRE(client.feed(data(3, end_stream, "end")));
    CHECK(client[1].failure().empty());
  }
  SECTION("nor when it is given up") {
    client.session.cancel(client[0]);
    client[0].room = 10'000'000;
    admit();
    CHECK(window_updates(client.sent, 1) == 0);
  }
  SECTION("sixteen streams' worth of bodies that nobody takes does not close the connection's") {
    for (std::uint32_t stream = 5; stream < 5 + 2 * 16; stream += 2) {
      client.add().room = 0;
      REQUIRE(client.feed(headers(stream, 0, {{":status", "200"}})));
      for (std::size_t bytes = 0; bytes < Http2Session::stream_window_bytes; bytes += 16'384)
        REQUIRE(client.feed(data(stream, 0, std::string(16'384, 'z'))));
    }
    CHECK(window_updates(client.sent, 0) >= 1);
    REQUIRE(client.feed(data(3, end_stream, "end")));
    CHECK(client[1].failure().empty());
  }
}

}  // namespace
}  // namespace nbcrawl
