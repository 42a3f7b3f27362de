#pragma once

#include <list>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "base/keyed_hash.hpp"
#include "fetch/connection.hpp"
#include "fetch/destination.hpp"
#include "fetch/fetch_parts.hpp"

namespace nbcrawl {

/// Owns every destination and every connection, and knows which of them take more transfers and which are idle. The
/// most recently used one is leased first, so those a lull leaves over grow old together and are closed.
class ConnectionPool final : private Connection::Owner {
 public:
  explicit ConnectionPool(const FetchParts& parts);

  /// The destination of a transfer, which must leave() it when it is done.
  Destination& join(const Url& url, bool insecure, const ProxyUrl* proxy);
  void leave(Destination& destination);

  /// Makes a connection of a stream that leads there, leased. Errors: those of EventLoop::watch().
  Result<Connection*> add(Destination& destination, Connected connected);
  /// A connection that leads there and takes another transfer; null: none.
  Connection* lease(Destination& destination);
  /// Whoever is there has asked for HTTP/1.1: from now on, and for any route to that origin, nothing else is spoken.
  void require_http1(Destination& destination);
  /// Closes the connection that was idle longest, to win a descriptor. False: none is idle.
  bool discard_oldest_idle();

  [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }
  [[nodiscard]] std::size_t idle() const noexcept { return idle_.size(); }

 private:
  std::unique_ptr<Connection> make(Connected connected);
  [[nodiscard]] static bool takes_more(Connection& connection) noexcept;
  /// Offers a connection to the next transfer if it takes more. One that is idle is kept then, else closed; of too many
  /// the one that was idle longest is closed.
  void settle(Connection& connection) override;
  void discard(Connection& connection) override;
  void keep(Connection& connection);
  void expire();

  const FetchParts& parts_;
  std::unordered_set<std::string, KeyedHash> http1_origins_;                               // those that asked for it
  std::unordered_map<RouteKey, std::unique_ptr<Destination>, RouteKeyHash> destinations_;  // keys view their values
  std::list<std::unique_ptr<Connection>> connections_;
  std::list<Connection*> idle_;   // longest idle first
  std::list<Connection*> spare_;  // list nodes for reuse: keeping a connection allocates nothing
  Timer expiry_;
};

}  // namespace nbcrawl
