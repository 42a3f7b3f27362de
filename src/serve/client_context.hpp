#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "io/event_loop.hpp"
#include "nbcrawl/server.hpp"
#include "net/address.hpp"
#include "serve/response_head.hpp"
#include "serve/route_table.hpp"

namespace nbcrawl {

class Client;

/// One request and what became of it.
struct ServedRequest {
  const Address& client;
  const Request& request;
  int status;
  std::uint64_t body_bytes;  ///< that the system took for sending
  Duration time;             ///< from the request's last byte to the response's
};

/// What all clients of one server share; owned by the HttpServer, which outlives them.
struct ClientContext {
  EventLoop& loop;
  RouteTable& routes;
  const ServerOptions& options;
  std::function<void(const ServedRequest&)> on_served;  ///< empty: nobody wants to know
  std::function<void(Client&)> on_closed;               ///< takes the client out of the server
  HttpDate date;
  std::vector<char> input = std::vector<char>(64 * 1024);  ///< one read at a time goes through it
  bool draining = false;                                   ///< no further request on any connection
  bool full = false;                                       ///< others wait for a place: connections are not kept alive
};

}  // namespace nbcrawl
