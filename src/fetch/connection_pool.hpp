#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fetch/connection.hpp"

namespace nbcrawl {

/// Owns every connection, and knows which are idle and under which key: the origin, and what else
/// keeps requests apart. The most recently used one is leased first,
/// so those a lull leaves over grow old together and are closed.
class ConnectionPool {
 public:
  ConnectionPool(EventLoop& loop, std::size_t max_idle, milliseconds max_idle_time);

  Connection& adopt(std::unique_ptr<Connection> connection);
  /// An idle connection with this key; null: none.
  Connection* lease(std::string_view key);
  /// Keeps a connection for the next request to its origin; closes the oldest one where there are too many.
  void keep(Connection& connection);
  /// Closes a connection, idle or leased; it is destroyed after the pass.
  void discard(Connection& connection);
  /// Closes the connection that was idle longest, to win a descriptor. False: none is idle.
  bool discard_oldest_idle();

  [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }
  [[nodiscard]] std::size_t idle() const noexcept { return idle_.size(); }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };
  void forget_idle(Connection& connection);
  void expire();

  EventLoop& loop_;
  std::size_t max_idle_;
  milliseconds max_idle_time_;
  std::list<std::unique_ptr<Connection>> connections_;
  std::list<Connection*> idle_;   // longest idle first
  std::list<Connection*> spare_;  // list nodes for reuse: keeping a connection allocates nothing
  std::unordered_map<std::string, std::vector<Connection*>, Hash, std::equal_to<>> idle_by_key_;
  Timer expiry_;
};

}  // namespace nbcrawl
