#include "fetch/connection_pool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nbcrawl {

namespace {

/// Beyond, all are forgotten: each costs one refused request more.
constexpr std::size_t max_http1_origins = 10'000;

}  // namespace

ConnectionPool::ConnectionPool(EventLoop& loop, const Limits& limits, HttpVersion version)
    : loop_(loop),
      max_idle_(limits.max_idle_connections),
      max_idle_time_(limits.max_idle_time),
      version_(version),
      expiry_(loop.timers(), [this] { expire(); }) {}

Destination& ConnectionPool::join(const Url& url, bool insecure, const ProxyUrl* proxy) {
  auto found = destinations_.find({url, insecure, proxy});
  if (found == destinations_.end()) {
    Route route(url, insecure, proxy);
    const HttpVersion version = http1_origins_.contains(route.origin) ? HttpVersion::http1_1 : version_;
    auto added = std::make_unique<Destination>(std::move(route), version);
    const RouteKey key = added->route.key();
    found = destinations_.emplace(key, std::move(added)).first;
  }
  ++found->second->users;
  return *found->second;
}

void ConnectionPool::leave(Destination& destination) {
  if (--destination.users == 0) destinations_.erase(destinations_.find(destination.route.key()));
}

void ConnectionPool::require_http1(Destination& destination) {
  if (http1_origins_.size() == max_http1_origins) http1_origins_.clear();
  http1_origins_.insert(destination.route.origin);
  destination.version = HttpVersion::http1_1;
  destination.protocol = Protocol::http1;
}

Connection& ConnectionPool::adopt(std::unique_ptr<Connection> connection) {
  connections_.push_back(std::move(connection));
  Connection& adopted = *connections_.back();
  adopted.owned_at_ = std::prev(connections_.end());
  ++adopted.destination().users;
  return adopted;
}

Connection* ConnectionPool::lease(Destination& destination) {
  while (!destination.open.empty()) {
    Connection* connection = destination.open.back();
    destination.open.pop_back();
    connection->is_offered_ = false;
    if (connection->is_kept_) spare_.splice(spare_.end(), idle_, connection->idle_at_);
    connection->is_kept_ = false;
    if (connection->takes_more()) return connection;
    settle(*connection);
  }
  return nullptr;
}

void ConnectionPool::settle(Connection& connection) {
  if (!connection.is_offered_ && connection.takes_more()) {
    connection.is_offered_ = true;
    connection.destination().open.push_back(&connection);
  }
  if (!connection.is_kept_ && connection.is_idle()) keep(connection);
}

void ConnectionPool::keep(Connection& connection) {
  if (spare_.empty()) spare_.emplace_back();
  idle_.splice(idle_.end(), spare_, std::prev(spare_.end()));
  idle_.back() = &connection;
  connection.idle_at_ = std::prev(idle_.end());
  connection.idle_since_ = loop_.now();
  connection.is_kept_ = true;
  if (idle_.size() > max_idle_) {
    discard_oldest_idle();
  } else if (!expiry_.armed()) {
    expiry_.arm(loop_.now() + max_idle_time_);
  }
}

void ConnectionPool::discard(Connection& connection) {
  if (connection.is_kept_) idle_.erase(connection.idle_at_);
  if (connection.is_offered_) std::erase(connection.destination().open, &connection);
  connection.close();
  leave(connection.destination());
  loop_.retire(std::move(*connection.owned_at_));
  connections_.erase(connection.owned_at_);
}

bool ConnectionPool::discard_oldest_idle() {
  if (idle_.empty()) return false;
  discard(*idle_.front());
  return true;
}

void ConnectionPool::expire() {
  const TimePoint cut = loop_.now() - max_idle_time_;
  while (!idle_.empty() && idle_.front()->idle_since_ <= cut) discard_oldest_idle();
  if (!idle_.empty()) expiry_.arm(idle_.front()->idle_since_ + max_idle_time_);
}

}  // namespace nbcrawl
