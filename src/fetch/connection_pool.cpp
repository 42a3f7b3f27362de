#include "fetch/connection_pool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nbcrawl {

ConnectionPool::ConnectionPool(EventLoop& loop, std::size_t max_idle, milliseconds max_idle_time)
    : loop_(loop), max_idle_(max_idle), max_idle_time_(max_idle_time), expiry_(loop.timers(), [this] { expire(); }) {}

Destination& ConnectionPool::join(const Url& url, bool insecure, const ProxyUrl* proxy) {
  auto found = destinations_.find({url, insecure, proxy});
  if (found == destinations_.end()) {
    auto added = std::make_unique<Destination>(Route(url, insecure, proxy));
    const RouteKey key = added->route.key();
    found = destinations_.emplace(key, std::move(added)).first;
  }
  ++found->second->users;
  return *found->second;
}

void ConnectionPool::leave(Destination& destination) {
  if (--destination.users == 0) destinations_.erase(destinations_.find(destination.route.key()));
}

Connection& ConnectionPool::adopt(std::unique_ptr<Connection> connection) {
  connections_.push_back(std::move(connection));
  Connection& adopted = *connections_.back();
  adopted.owned_at_ = std::prev(connections_.end());
  ++adopted.destination().users;
  return adopted;
}

Connection* ConnectionPool::lease(Destination& destination) {
  if (destination.idle.empty()) return nullptr;
  Connection* connection = destination.idle.back();
  destination.idle.pop_back();
  spare_.splice(spare_.end(), idle_, connection->idle_at_);
  return connection;
}

void ConnectionPool::keep(Connection& connection) {
  if (spare_.empty()) spare_.emplace_back();
  idle_.splice(idle_.end(), spare_, std::prev(spare_.end()));
  idle_.back() = &connection;
  connection.idle_at_ = std::prev(idle_.end());
  connection.idle_since_ = loop_.now();
  connection.destination().idle.push_back(&connection);
  if (idle_.size() > max_idle_) {
    discard_oldest_idle();
  } else if (!expiry_.armed()) {
    expiry_.arm(loop_.now() + max_idle_time_);
  }
}

void ConnectionPool::discard(Connection& connection) {
  if (connection.state() == ConnectionState::idle) {
    idle_.erase(connection.idle_at_);
    std::erase(connection.destination().idle, &connection);
  }
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
