#include "nbcrawl/server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

using namespace nbcrawl;

namespace {

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return socket;
}

void send_all(int socket, const std::string& bytes) {
  REQUIRE(::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}

/// A whole exchange on a connection of its own.
std::string fetch(std::uint16_t port, const std::string& request_line, const std::string& body = "") {
  const int socket = connect_to(port);
  const std::string request =
      request_line + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n" + body;
  send_all(socket, request);
  std::string response;
  char bytes[4096];
  for (ssize_t count; (count = ::recv(socket, bytes, sizeof bytes, 0)) > 0;)
    response.append(bytes, static_cast<std::size_t>(count));
  ::close(socket);
  return response;
}

/// Runs a server while it lives.
class Running {
 public:
  explicit Running(Server& server) : server_(server), thread_([&server] { outcome_of(server); }) {}
  ~Running() {
    server_.stop();
    thread_.join();
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  static void outcome_of(Server& server) {
    if (!server.run()) std::abort();
  }
  Server& server_;
  std::thread thread_;
};

}  // namespace

TEST_CASE("functions answer at their paths, under every multiplexer") {
  const auto choice = GENERATE(MultiplexerChoice::automatic, MultiplexerChoice::select, MultiplexerChoice::poll,
                               MultiplexerChoice::epoll);
  Server server({.multiplexer = choice});
  server.route("/f1", [](const Request& request, Reply& reply) { reply.body = "f1 of " + request.query; });
  server.route("/f2",
               [](const Request& request, Reply& reply) {
                 reply.status = 201;
                 reply.content_type = "text/plain";
                 reply.fields.add("X-Method", request.method);
                 reply.body = request.body;
               },
               {"POST"});
  const auto port = server.listen();
  REQUIRE(port);
  const Running running(server);
  CHECK(fetch(*port, "GET /f1?x=1").ends_with("\r\n\r\nf1 of x=1"));
  CHECK(fetch(*port, "GET /f1").find("\r\nContent-Type: text/html; charset=utf-8\r\n") != std::string::npos);
  CHECK(fetch(*port, "HEAD /f1").ends_with("\r\n\r\n"));
  CHECK(fetch(*port, "GET /f3").starts_with("HTTP/1.1 404 Not Found\r\n"));
  CHECK(fetch(*port, "GET /f2").starts_with("HTTP/1.1 405 Method Not Allowed\r\n"));
  const std::string created = fetch(*port, "POST /f2", "body");
  CHECK(created.starts_with("HTTP/1.1 201 Created\r\n"));
  CHECK(created.find("\r\nContent-Type: text/plain\r\n") != std::string::npos);
  CHECK(created.find("\r\nX-Method: POST\r\n") != std::string::npos);
  CHECK(created.ends_with("\r\n\r\nbody"));
}

TEST_CASE("a reply that is not one, and a handler that throws or is none, become 500") {
  Server server;
  server.route("/status", [](const Request&, Reply& reply) { reply.status = 99; });
  server.route("/name", [](const Request&, Reply& reply) { reply.fields.add("A B", "c"); });
  server.route("/value", [](const Request&, Reply& reply) { reply.fields.add("A", "b\r\nX: y"); });
  server.route("/type", [](const Request&, Reply& reply) { reply.content_type = "a\nb"; });
  server.route("/throws", [](const Request&, Reply&) { throw 7; });
  server.route("/empty", nullptr);
  const auto port = server.listen();
  REQUIRE(port);
  const Running running(server);
  for (const char* path : {"/status", "/name", "/value", "/type", "/throws", "/empty"}) {
    CAPTURE(path);
    CHECK(fetch(*port, std::string("GET ") + path).starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  }
}

TEST_CASE("fields that are the server's to write are left out of a reply") {
  Server server;
  server.route("/", [](const Request&, Reply& reply) {
    reply.content_type = "text/plain";
    for (const char* name : {"content-length", "Transfer-Encoding", "Connection", "DATE", "Content-Type"})
      reply.fields.add(name, "1");
    reply.fields.add("X-Own", "1");
    reply.body = "abc";
  });
  const auto port = server.listen();
  REQUIRE(port);
  const Running running(server);
  const std::string answer = fetch(*port, "GET /");
  const std::string head = answer.substr(0, answer.find("\r\n\r\n") + 4);
  const std::size_t date = head.find("\r\nDate: ");
  REQUIRE(date != std::string::npos);
  const std::size_t after_date = head.find("\r\n", date + 2);
  CHECK(head.substr(0, date) == "HTTP/1.1 200 OK");
  CHECK(head.substr(after_date) ==
        "\r\nX-Own: 1\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\n");
  CHECK(answer.ends_with("\r\n\r\nabc"));
  const std::string of_head = fetch(*port, "HEAD /");
  CHECK(of_head.substr(of_head.find("\r\nX-Own")) == head.substr(head.find("\r\nX-Own")));
}

TEST_CASE("a reply whose status has no content is sent without any") {
  const auto [status, length] =
      GENERATE(std::pair(204, ""), std::pair(205, "Content-Length: 0\r\n"), std::pair(304, ""));
  Server server;
  server.route("/", [status = status](const Request&, Reply& reply) {
    reply.status = status;
    reply.body = "abc";
  });
  const auto port = server.listen();
  REQUIRE(port);
  const Running running(server);
  CHECK(fetch(*port, "GET /").ends_with(std::string(" GMT\r\n") + length + "Connection: close\r\n\r\n"));
}

TEST_CASE("a time that no clock can hold is a long one") {
  constexpr auto longest = std::chrono::milliseconds::max();
  Server server({.request_timeout = longest, .idle_timeout = longest, .write_timeout = longest});
  server.route("/", [](const Request&, Reply& reply) { reply.body = "here"; });
  server.route("/never", [longest](const Request&, Reply& reply) { reply.delay = longest; });
  const auto port = server.listen();
  REQUIRE(port);
  const Running running(server);
  CHECK(fetch(*port, "GET /").ends_with("here"));
  const int waiting = connect_to(*port);
  send_all(waiting, "GET /never HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(fetch(*port, "GET /").ends_with("here"));
  char byte = 0;
  CHECK(::recv(waiting, &byte, 1, MSG_DONTWAIT) == -1);
  ::close(waiting);
}

TEST_CASE("files and folders are served") {
  const TemporaryFolder folder;
  const std::string page = folder.write("page.html", "<p>page</p>");
  Server server;
  server.route("/file", [&](const Request&, Reply& reply) { reply.file = page; });
  server.route("/missing", [](const Request&, Reply& reply) { reply.file = "/nonexistent"; });
  REQUIRE(server.directory("/folder/", folder.path()));
  CHECK_FALSE(server.directory("/none/", "/nonexistent"));
  for (const char* prefix : {"/half", "half/", ""}) {
    const auto half = server.directory(prefix, folder.path());
    REQUIRE_FALSE(half);
    CHECK(half.error().kind == ErrorKind::invalid_job);
    CHECK(half.error().detail.ends_with("\"" + std::string(prefix) + "\""));
  }
  const auto port = server.listen();
  REQUIRE(port);
  const Running running(server);
  CHECK(fetch(*port, "GET /file").ends_with("\r\n\r\n<p>page</p>"));
  CHECK(fetch(*port, "GET /folder/page.html").ends_with("\r\n\r\n<p>page</p>"));
  CHECK(fetch(*port, "GET /missing").starts_with("HTTP/1.1 404 "));
  CHECK(fetch(*port, "GET /none/x").starts_with("HTTP/1.1 404 "));
  CHECK(fetch(*port, "GET /halfpage.html").starts_with("HTTP/1.1 404 "));
}

TEST_CASE("what can't be listened on is an error value") {
  Server server;
  CHECK_FALSE(server.listen("localhost", 0));
  CHECK_FALSE(server.run());
  const auto port = server.listen();
  REQUIRE(port);
  Server second;
  const auto taken = second.listen("127.0.0.1", *port);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().sys_errno == EADDRINUSE);
  CHECK(second.listen());
}

TEST_CASE("a handler may stop the server it belongs to") {
  Server server;
  server.route("/stop", [&](const Request&, Reply& reply) {
    reply.body = "bye";
    server.stop();
  });
  const auto port = server.listen();
  REQUIRE(port);
  std::string response;
  std::thread client([&] { response = fetch(*port, "GET /stop"); });
  CHECK(server.run());
  client.join();
  CHECK(response.ends_with("\r\n\r\nbye"));
}

TEST_CASE("a server that was stopped serves again") {
  Server server({.drain_timeout = std::chrono::milliseconds(50)});
  server.route("/", [](const Request&, Reply& reply) { reply.body = "here"; });
  server.route("/slow", [](const Request&, Reply& reply) {
    reply.delay = std::chrono::milliseconds(200);
    reply.body = "here";
  });
  for (int run = 0; run < 3; ++run) {
    CAPTURE(run);
    CHECK_FALSE(server.run());  // it has nothing to listen to
    const auto port = server.listen();
    REQUIRE(port);
    const Running running(server);
    CHECK(fetch(*port, "GET /").ends_with("here"));
    CHECK(fetch(*port, "GET /slow").ends_with("here"));  // the time that the last run had to end is none of its own
  }
}

TEST_CASE("a server that was full when it was stopped keeps connections when it serves again") {
  Server server({.max_clients = 2, .drain_timeout = std::chrono::milliseconds(1)});
  server.route("/", [](const Request&, Reply&) {});
  server.route("/never", [](const Request&, Reply& reply) { reply.delay = std::chrono::hours(1); });
  server.route("/stop", [&](const Request&, Reply& reply) {
    reply.delay = std::chrono::hours(1);
    server.stop();
  });
  const auto full = server.listen();
  REQUIRE(full);
  const int first = connect_to(*full);
  send_all(first, "GET /never HTTP/1.1\r\nHost: h\r\n\r\n");
  const int second = connect_to(*full);
  send_all(second, "GET /stop HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(server.run());
  ::close(first);
  ::close(second);
  const auto port = server.listen();
  REQUIRE(port);
  const Running running(server);
  const int kept = connect_to(*port);
  for (int request = 0; request < 2; ++request) {
    send_all(kept, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    std::string response(4096, '\0');
    const ssize_t count = ::recv(kept, response.data(), response.size(), 0);
    REQUIRE(count > 0);
    CHECK(response.starts_with("HTTP/1.1 200 "));
  }
  ::close(kept);
}

TEST_CASE("stop() before run() stops it as it begins") {
  Server server;
  REQUIRE(server.listen());
  server.stop();
  CHECK(server.run());
}
