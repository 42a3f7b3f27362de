#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "fetch/connection.hpp"
#include "fetch/destination.hpp"
#include "nbcrawl/limits.hpp"
#include "nbcrawl/options.hpp"

namespace nbcrawl {

/// Owns every destination and every connection, and knows which of them take more transfers and which are idle. The
/// most recently used one is leased first, so those a lull leaves over grow old together and are closed.
class ConnectionPool {
 public:
  ConnectionPool(EventLoop& loop, const Limits& limits, HttpVersion version);

  /// The destination of a transfer, which must leave() it when it is done.
  Destination& join(const Url& url, bool insecure, const ProxyUrl* proxy);
  void leave(Destination& destination);

  Connection& adopt(std::unique_ptr<Connection> connection);
  /// A connection that leads there and takes another transfer; null: none. It must be settled again.
  Connection* lease(Destination& destination);
  /// Offers a connection to the next transfer if it takes more, and keeps it if it is idle; closes the one that was
  /// idle longest where there are too many.
  void settle(Connection& connection);
  /// Closes a connection, idle or leased; it is destroyed after the pass.
  void discard(Connection& connection);
  /// Whoever is there has asked for HTTP/1.1: from now on, and for any route to that origin, nothing else is spoken.
  void require_http1(Destination& destination);
  /// Closes the connection that was idle longest, to win a descriptor. False: none is idle.
  bool discard_oldest_idle();

  [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }
  [[nodiscard]] std::size_t idle() const noexcept { return idle_.size(); }

 private:
  void keep(Connection& connection);
  void expire();

  EventLoop& loop_;
  std::size_t max_idle_;
  milliseconds max_idle_time_;
  HttpVersion version_;
  std::unordered_set<std::string> http1_origins_;                                          // those that asked for it
  std::unordered_map<RouteKey, std::unique_ptr<Destination>, RouteKeyHash> destinations_;  // keys view their values
  std::list<std::unique_ptr<Connection>> connections_;
  std::list<Connection*> idle_;   // longest idle first
  std::list<Connection*> spare_;  // list nodes for reuse: keeping a connection allocates nothing
  Timer expiry_;
};

}  // namespace nbcrawl
