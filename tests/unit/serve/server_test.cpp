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
  REQUIRE(server.directory("/folder/", folder.path().string()));
  CHECK_FALSE(server.directory("/none/", "/nonexistent"));
  const auto port = server.listen();
  REQUIRE(port);
  const Running running(server);
  CHECK(fetch(*port, "GET /file").ends_with("\r\n\r\n<p>page</p>"));
  CHECK(fetch(*port, "GET /folder/page.html").ends_with("\r\n\r\n<p>page</p>"));
  CHECK(fetch(*port, "GET /missing").starts_with("HTTP/1.1 404 "));
  CHECK(fetch(*port, "GET /none/x").starts_with("HTTP/1.1 404 "));
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
