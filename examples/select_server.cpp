// select_server [PORT]: two functions, each at a path of its own, behind one select loop.
//
//   $ select_server 8080                           $ curl http://127.0.0.1:8080/f1?name=you
//   listening on http://127.0.0.1:8080             Hello you, this is f1.
//                                                  $ curl http://127.0.0.1:8080/f3
//                                                  404 Not Found
//
// The socket pair of hello_server.cpp serves one client and waits for it at every step. This server has one thread,
// too, but it never waits for a client: select tells which of them are ready, those are served a step, and the loop
// asks again. A function here only says what the answer is. It ends with Ctrl-C, or when something asks for /stop.

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>

#include "nbcrawl/server.hpp"

namespace {

void f1(const nbcrawl::Request& request, nbcrawl::Reply& reply) {
  constexpr std::string_view key = "name=";
  const std::string name = request.query.starts_with(key) ? request.query.substr(key.size()) : "whoever you are";
  reply.content_type = "text/plain; charset=utf-8";
  reply.body = "Hello " + name + ", this is f1.\n";
}

void f2(const nbcrawl::Request& request, nbcrawl::Reply& reply) {
  reply.content_type = "text/plain; charset=utf-8";
  reply.body = "f2 was called with " + std::to_string(request.fields.size()) + " header fields:\n";
  for (std::size_t i = 0; i < request.fields.size(); ++i) reply.body.append(request.fields[i].name).append("\n");
}

}  // namespace

int main(int argc, char** argv) {
  nbcrawl::Server server({.multiplexer = nbcrawl::MultiplexerChoice::select});
  server.route("/f1", f1);
  server.route("/f2", f2);
  server.route("/stop", [&](const nbcrawl::Request&, nbcrawl::Reply& reply) {
    reply.body = "bye\n";
    server.stop();
  });

  const auto wanted = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0);  // 0: the system picks a free one
  const auto port = server.listen("127.0.0.1", wanted);
  if (!port) {
    std::cerr << "select_server: " << port.error().detail << "\n";
    return 1;
  }
  std::cout << "listening on http://127.0.0.1:" << *port << std::endl;
  if (const auto served = server.run(); !served) {
    std::cerr << "select_server: " << served.error().detail << "\n";
    return 1;
  }
}
