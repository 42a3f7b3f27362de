#include "fetch/connection_pool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nbcrawl {

ConnectionPool::ConnectionPool(EventLoop& loop, std::size_t max_idle, milliseconds max_idle_time)
    : loop_(loop), max_idle_(max_idle), max_idle_time_(max_idle_time), expiry_(loop.timers(), [this] { expire(); }) {}

Connection& ConnectionPool::adopt(std::unique_ptr<Connection> connection) {
  connections_.push_back(std::move(connection));
  Connection& adopted = *connections_.back();
  adopted.owned_at_ = std::prev(connections_.end());
  return adopted;
}

Connection* ConnectionPool::lease(std::string_view key) {
  const auto found = idle_by_key_.find(key);
  if (found == idle_by_key_.end() || found->second.empty()) return nullptr;
  Connection* connection = found->second.back();
  found->second.pop_back();
  spare_.splice(spare_.end(), idle_, connection->idle_at_);
  return connection;
}

void ConnectionPool::keep(Connection& connection) {
  if (spare_.empty()) spare_.emplace_back();
  idle_.splice(idle_.end(), spare_, std::prev(spare_.end()));
  idle_.back() = &connection;
  connection.idle_at_ = std::prev(idle_.end());
  connection.idle_since_ = loop_.now();
  auto found = idle_by_key_.find(connection.pool_key());
  if (found == idle_by_key_.end()) found = idle_by_key_.try_emplace(connection.pool_key()).first;
  found->second.push_back(&connection);
  if (idle_.size() > max_idle_) {
    discard_oldest_idle();
  } else if (!expiry_.armed()) {
    expiry_.arm(loop_.now() + max_idle_time_);
  }
}

void ConnectionPool::discard(Connection& connection) {
  if (connection.state() == ConnectionState::idle) {
    forget_idle(connection);
  } else if (const auto found = idle_by_key_.find(connection.pool_key());
             found != idle_by_key_.end() && found->second.empty()) {
    idle_by_key_.erase(found);  // lease() leaves it for the next keep(), which may never come
  }
  connection.close();
  loop_.retire(std::move(*connection.owned_at_));
  connections_.erase(connection.owned_at_);
}

bool ConnectionPool::discard_oldest_idle() {
  if (idle_.empty()) return false;
  discard(*idle_.front());
  return true;
}

void ConnectionPool::forget_idle(Connection& connection) {
  idle_.erase(connection.idle_at_);
  const auto found = idle_by_key_.find(connection.pool_key());
  std::erase(found->second, &connection);
  if (found->second.empty()) idle_by_key_.erase(found);
}

void ConnectionPool::expire() {
  const TimePoint cut = loop_.now() - max_idle_time_;
  while (!idle_.empty() && idle_.front()->idle_since_ <= cut) discard_oldest_idle();
  if (!idle_.empty()) expiry_.arm(idle_.front()->idle_since_ + max_idle_time_);
}

}  // namespace nbcrawl
