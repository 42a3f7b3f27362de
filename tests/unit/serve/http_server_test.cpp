#include "serve/http_server.hpp"

#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "served_loop.hpp"

using namespace nbcrawl;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view get_a = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

MultiplexerKind each_multiplexer() {
  return GENERATE(MultiplexerKind::select, MultiplexerKind::poll, MultiplexerKind::epoll);
}

void add_routes(HttpServer& server) {
  server.routes().add("/a", [](const Request&, Answer& answer) { answer.body = "<a>"; });
  server.routes().add("/slow", [](const Request&, Answer& answer) {
    answer.body = "<slow>";
    answer.delay = 50ms;
  });
  server.routes().add("/big", [](const Request&, Answer& answer) { answer.body.assign(64 << 20, 'x'); });
  server.routes().add("/echo", [](const Request& request, Answer& answer) { answer.body = "<" + request.body + ">"; },
                      {"POST"});
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// Turns the loop until no client is left, `most` times at the most; how often it was. An idle loop sleeps in a turn.
int turns_until_nobody_is_there(ServedLoop& served, int most) {
  int turns = 0;
  do {
    REQUIRE(served.loop().run_once());
    ++turns;
  } while (turns < most && (turns < 3 || served.server().clients() > 0));
  return turns;
}

}  // namespace

TEST_CASE("two requests are served on one connection, and pipelined ones in their order") {
  ServedLoop served(each_multiplexer(), {});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  send_text(client, get_a);
  CHECK(served.receive(client, "<a>").starts_with("HTTP/1.1 200 OK\r\n"));
  send_text(client,
            "GET /slow HTTP/1.1\r\nHost: h\r\n\r\nPOST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi" +
                std::string(get_a));
  const std::string received = served.receive(client, "<a>");
  CHECK(count(received, "HTTP/1.1 200 OK\r\n") == 3);
  CHECK(received.find("<slow>") < received.find("<hi>"));
  CHECK(served.server().clients() == 1);
}

TEST_CASE("more pipelined requests than one turn takes are all served") {
  ServedLoop served(each_multiplexer(), {});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  std::string requests;
  for (int i = 0; i < 500; ++i) requests += get_a;
  send_text(client, requests + "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  CHECK(count(served.receive(client), "<a>") == 501);
}

TEST_CASE("a client that asks for it hears 100 before it sends the body") {
  ServedLoop served(each_multiplexer(), {});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  send_text(client, "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(served.receive(client, "\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  send_text(client, "hi");
  CHECK(served.receive(client, "<hi>").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a request that takes too long gets 408, and a connection that is idle too long is closed") {
  ServedLoop served(each_multiplexer(), {.request_timeout = 30ms, .idle_timeout = 60ms});
  add_routes(served.server());
  const UniqueFd slow = served.connect();
  const UniqueFd idle = served.connect();
  const UniqueFd kept = served.connect();
  send_text(slow, "GET /a HT");
  send_text(kept, get_a);
  const std::string refused = served.receive(slow);
  CHECK(refused.starts_with("HTTP/1.1 408 Request Timeout\r\n"));
  CHECK(refused.find("Connection: close\r\n") != std::string::npos);
  CHECK(served.receive(idle).empty());
  CHECK(served.receive(kept).ends_with("<a>"));
}

TEST_CASE("a slow request is bounded as a whole, not byte by byte") {
  ServedLoop served(each_multiplexer(), {.request_timeout = 100ms});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  std::string received;
  const TimePoint begun = Clock::now();
  TimePoint next = begun;
  served.turn_until([&] {
    if (Clock::now() >= next) {
      (void)::send(client.get(), "G", 1, MSG_NOSIGNAL);
      next = Clock::now() + 10ms;
    }
    char bytes[1024];
    const ssize_t size = ::recv(client.get(), bytes, sizeof bytes, MSG_DONTWAIT);
    if (size > 0) received.append(bytes, static_cast<std::size_t>(size));
    return !received.empty();
  });
  // 28 bytes in, the method would be refused as unknown: the deadline comes first.
  CHECK(received.starts_with("HTTP/1.1 408 "));
  CHECK(Clock::now() - begun >= 100ms);
}

TEST_CASE("a client that does not read its response is dropped after the write timeout, and costs no turns before") {
  ServedLoop served(each_multiplexer(), {.write_timeout = 150ms});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  send_text(client, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(turns_until_nobody_is_there(served, 1000) < 1000);
}

TEST_CASE("delayed answers wait side by side") {
  ServedLoop served(each_multiplexer(), {});
  add_routes(served.server());
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(served.connect());
    send_text(clients.back(), "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  }
  const TimePoint begun = Clock::now();
  for (const UniqueFd& client : clients) CHECK(served.receive(client, "<slow>").starts_with("HTTP/1.1 200 OK\r\n"));
  const auto took = Clock::now() - begun;
  CHECK(took >= 40ms);
  CHECK(took < 50 * 50ms);
}

TEST_CASE("a client that leaves while its answer is delayed is let go") {
  ServedLoop served(each_multiplexer(), {});
  bool waits = false;
  served.server().routes().add("/wait", [&](const Request&, Answer& answer) {
    answer.delay = 1h;
    waits = true;
  });
  const std::string sent_ahead = GENERATE(std::string(), std::string(get_a));
  {
    UniqueFd client = served.connect();
    send_text(client, "GET /wait HTTP/1.1\r\nHost: h\r\n\r\n" + sent_ahead);
    served.turn_until([&] { return waits; });
    send_text(client, sent_ahead);
    const linger reset{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }
  served.turn_until([&] { return served.server().clients() == 0; });
}

TEST_CASE(
    "a client that has sent all it will while its answer is delayed gets that answer, and costs no turns before") {
  ServedLoop served(each_multiplexer(), {});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  send_text(client, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(::shutdown(client.get(), SHUT_WR) == 0);
  CHECK(turns_until_nobody_is_there(served, 100) < 100);
  CHECK(served.receive(client).ends_with("<slow>"));
}

TEST_CASE("what a client sends while its answer is delayed is served behind it, however much it is") {
  ServedLoop served(each_multiplexer(), {});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  send_text(client, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  served.turn_until([&] { return served.server().clients() == 1; });
  constexpr std::size_t many = 5000;  // 140 kB: more than is read ahead
  std::string requests;
  for (std::size_t i = 0; i < many; ++i) requests += get_a;
  send_text(client, requests + "GET /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string received = served.receive(client);
  CHECK(count(received, "<a>") == many + 1);
  CHECK(received.find("<slow>") < received.find("<a>"));
}

TEST_CASE("urgent data is read as any other, and does not keep the loop awake") {
  ServedLoop served(each_multiplexer(), {});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  // The server is blocked in its response when the urgent byte comes.
  send_text(client, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  served.turn_until([&] { return served.server().clients() == 1; });
  REQUIRE(::send(client.get(), "G", 1, MSG_OOB) == 1);
  Timer alarm(served.loop().timers(), [] {});
  int turns = 0;
  alarm.arm(Clock::now() + 200ms);
  while (alarm.armed()) {
    REQUIRE(served.loop().run_once());
    ++turns;
  }
  CHECK(turns < 1000);
}

TEST_CASE("refused requests are answered even where the client is still sending, and the connection closed") {
  ServedLoop served(each_multiplexer(), {.max_body_bytes = 10});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  const int small = 4096;
  ::setsockopt(client.get(), SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
  send_text(client, "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
  const std::string body(100'000, 'x');
  std::string_view rest = body;
  served.turn_until([&] {
    const ssize_t sent = ::send(client.get(), rest.data(), rest.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) rest.remove_prefix(static_cast<std::size_t>(sent));
    return rest.empty();
  });
  const std::string received = served.receive(client);
  CHECK(received.starts_with("HTTP/1.1 413 Content Too Large\r\n"));
  CHECK(received.find("[reset]") == std::string::npos);
}

TEST_CASE("when it is full, others wait until there is a place for them") {
  ServedLoop served(each_multiplexer(), {.max_clients = 2});
  add_routes(served.server());
  std::vector<UniqueFd> clients;
  for (int i = 0; i < 6; ++i) {
    clients.push_back(served.connect());
    send_text(clients.back(), get_a);
  }
  for (const UniqueFd& client : clients) {
    CHECK(served.receive(client, "<a>").ends_with("<a>"));
    CHECK(served.server().clients() <= 2);
  }
}

TEST_CASE("when it is full, kept connections make room, but not those whose first or next request is under way") {
  ServedLoop served(each_multiplexer(), {.max_clients = 4});
  add_routes(served.server());
  const UniqueFd kept = served.connect();
  const UniqueFd new_comer = served.connect();
  const UniqueFd again = served.connect();
  for (const UniqueFd* client : {&kept, &again}) {
    send_text(*client, get_a);
    served.receive(*client, "<a>");
  }
  send_text(again, "GET /a ");
  served.turn_until([&] { return served.server().clients() == 3; });
  for (int i = 0; i < 3; ++i) REQUIRE(served.loop().run_once(true));
  const UniqueFd last = served.connect();
  CHECK(served.receive(kept).empty());
  for (const UniqueFd* client : {&new_comer, &last}) {
    send_text(*client, get_a);
    CHECK(served.receive(*client, "<a>").ends_with("<a>"));
  }
  send_text(again, "HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(served.receive(again, "<a>").ends_with("<a>"));
}

TEST_CASE("a drain closes what is idle, finishes what is in flight and takes nothing new") {
  ServedLoop served(each_multiplexer(), {.drain_timeout = 5s});
  add_routes(served.server());
  const UniqueFd idle = served.connect();
  send_text(idle, get_a);
  CHECK(served.receive(idle, "<a>").ends_with("<a>"));
  const UniqueFd busy = served.connect();
  send_text(busy, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n" + std::string(get_a));
  served.turn_until([&] { return served.server().clients() == 2; });
  REQUIRE(served.loop().run_once());
  served.server().drain();
  CHECK(served.receive(idle).empty());
  const std::string last = served.receive(busy);
  CHECK(last.find("Connection: close\r\n") != std::string::npos);
  CHECK(last.ends_with("<slow>"));
  served.turn_until([&] { return served.server().finished(); });
}

TEST_CASE("a drain is over when its time is, whatever is in flight") {
  ServedLoop served(each_multiplexer(), {.drain_timeout = 50ms});
  add_routes(served.server());
  const UniqueFd client = served.connect();
  send_text(client, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  served.turn_until([&] { return served.server().clients() == 1; });
  REQUIRE(served.loop().run_once());
  served.server().drain();
  CHECK_FALSE(served.server().finished());
  served.turn_until([&] { return served.server().finished(); });
}

TEST_CASE("a server can go while clients are connected") {
  const MultiplexerKind kind = each_multiplexer();
  ServedLoop served(kind, {});
  add_routes(served.server());
  const UniqueFd reading = served.connect();
  const UniqueFd delayed = served.connect();
  const UniqueFd writing = served.connect();
  send_text(reading, "GET ");
  send_text(delayed, "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
  send_text(writing, "GET /big HTTP/1.1\r\nHost: h\r\n\r\n");
  served.turn_until([&] { return served.server().clients() == 3; });
  REQUIRE(served.loop().run_once());
}

TEST_CASE("each exchange is told of") {
  ServedLoop served(each_multiplexer(), {});
  add_routes(served.server());
  std::vector<std::string> told;
  served.server().on_served([&](const ServedRequest& exchange) {
    told.push_back(exchange.request.method + " " + exchange.request.target + " " + std::to_string(exchange.status) +
                   " " + std::to_string(exchange.body_bytes) + " " + exchange.client.ip());
  });
  const UniqueFd client = served.connect();
  send_text(client,
            std::string(get_a) +
                "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /none HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  served.receive(client);
  CHECK(told ==
        std::vector<std::string>{"GET /a 200 3 127.0.0.1", "HEAD /a 200 0 127.0.0.1", "GET /none 404 14 127.0.0.1"});
}

TEST_CASE("select is left room for other descriptors than clients") {
  CHECK(affordable_clients(MultiplexerKind::select) <= 768);
  CHECK(affordable_clients(MultiplexerKind::epoll) >= 1);
}
