#include <nghttp2/nghttp2.h>

#include <string>
#include <string_view>

#include "catch2_shim.hpp"
#include "http/request.hpp"
#include "http2_client.hpp"
#include "http2_frames.hpp"

namespace nbcrawl {
namespace {

/// A server: nghttp2's own side of the protocol, which keeps what requests say.
class Server {
 public:
  Server() {
    nghttp2_session_callbacks* table = nullptr;
    nghttp2_session_callbacks_new(&table);
    nghttp2_session_callbacks_set_on_header_callback(
        table, [](nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
                  const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* self) {
          static_cast<Server*>(self)->head.append(reinterpret_cast<const char*>(name), name_size).append("=");
          static_cast<Server*>(self)->head.append(reinterpret_cast<const char*>(value), value_size).append("\n");
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        table,
        [](nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* bytes, std::size_t size, void* self) {
          static_cast<Server*>(self)->body.append(reinterpret_cast<const char*>(bytes), size);
          return 0;
        });
    nghttp2_option* options = nullptr;
    nghttp2_option_new(&options);
    nghttp2_option_set_no_auto_window_update(options, 1);
    nghttp2_session_server_new2(&session, table, this, options);
    nghttp2_option_del(options);
    nghttp2_session_callbacks_del(table);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~Server() { nghttp2_session_del(session); }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  void feed(std::string_view bytes) {
    CHECK(nghttp2_session_mem_recv(session, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) ==
          static_cast<ssize_t>(bytes.size()));
  }
  std::string take() {
    std::string out;
    const std::uint8_t* at = nullptr;
    for (ssize_t size = 0; (size = nghttp2_session_mem_send(session, &at)) > 0;)
      out.append(reinterpret_cast<const char*>(at), static_cast<std::size_t>(size));
    return out;
  }

  nghttp2_session* session = nullptr;
  std::string head;
  std::string body;
};

TEST_CASE("a request's body waits for the server's window", "[http2]") {
  Server server;
  Client client(0);
  const std::string body(200'000, 'b');
  Exchange& post = client.add(request_head("/", "POST"), body);
  server.feed(client.take());
  CHECK(server.body.size() == 65'535);  // RFC 9113 section 6.9.2
  for (int round = 0; round < 4; ++round) {
    nghttp2_session_consume(server.session, 1, server.body.size() / 2);
    nghttp2_submit_window_update(server.session, NGHTTP2_FLAG_NONE, 0, 50'000);
    nghttp2_submit_window_update(server.session, NGHTTP2_FLAG_NONE, 1, 50'000);
    REQUIRE(client.session.feed(server.take()));
    server.feed(client.take());
  }
  CHECK(server.body == body);
  CHECK(post.ends == 0);
}

TEST_CASE("a server of nghttp2 sees the fields that RequestWriter writes", "[http2]") {
  const auto writer = RequestWriter::create("agent/1", {{"X-Run", "1"}, {"Connection", "close"}});
  REQUIRE(writer);
  const Url url = *Url::parse("https://example.org:8443/a?b#c");
  Fields head;
  writer->write_head(head, {.url = url});
  Server server;
  Client client(0);
  client.add(head);
  server.feed(client.take());
  CHECK(server.head ==
        ":method=GET\n:scheme=https\n:authority=example.org:8443\n:path=/a?b\nx-run=1\nuser-agent=agent/1\naccept=*/*\n"
        "accept-encoding=gzip, deflate, br, zstd\n");
}

TEST_CASE("blanks round a value are not sent, for servers refuse them", "[http2]") {
  const auto writer = RequestWriter::create("", {{"X-Run", " 1\t"}, {"Accept", ""}, {"Accept-Encoding", ""}});
  REQUIRE(writer);
  const Url url = *Url::parse("http://h/");
  JobOptions options;
  options.headers = {{"X-Job", "\t a b "}};
  Fields head;
  writer->write_head(head, {.url = url, .options = &options});
  CHECK(head.get("x-run") == "1");
  CHECK(head.get("x-job") == "a b");
}

TEST_CASE("a long head is sent in as many frames as it takes", "[http2]") {
  const std::string value(30'000, 'v');
  Fields head = request_head();
  for (const auto* name : {"a", "b", "c"}) head.add(name, value);
  Server server;
  Client client(0);
  const Exchange& exchange = client.add(head);
  server.feed(client.take());
  CHECK(server.head.ends_with("a=" + value + "\nb=" + value + "\nc=" + value + "\n"));
  CHECK(exchange.ends == 0);
}

TEST_CASE("an answer to a request that is still being sent ends both", "[http2]") {
  Client client(0);
  client.add(request_head("/", "POST"), std::string(200'000, 'b'));
  REQUIRE(client.feed(settings() + headers(1, end_stream, {{":status", "413"}})));
  CHECK(client[0].failure().empty());
  CHECK(client[0].response.status == 413);
  CHECK(client.sent.find(rst(1, 8)) != std::string::npos);
}

}  // namespace
}  // namespace nbcrawl
