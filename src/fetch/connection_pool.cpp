#include "fetch/connection_pool.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "fetch/http1_connection.hpp"
#include "fetch/http2_connection.hpp"

namespace nbcrawl {

namespace {

/// Beyond, all are forgotten: each costs one refused request more.
constexpr std::size_t max_http1_origins = 10'000;

}  // namespace

ConnectionPool::ConnectionPool(const FetchParts& parts)
    : parts_(parts), expiry_(parts.loop.timers(), [this] { expire(); }) {}

Destination& ConnectionPool::join(const Url& url, bool insecure, const ProxyUrl* proxy) {
  auto found = destinations_.find({url, insecure, proxy});
  if (found == destinations_.end()) {
    Route route(url, insecure, proxy);
    const bool is_http1 = http1_origins_.contains(route.origin);
    const HttpVersion version = is_http1 ? HttpVersion::http1_1 : parts_.options.http_version;
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

std::unique_ptr<Connection> ConnectionPool::make(Connected connected) {
  Owner& owner = *this;
  if (connected.is_http2) return std::make_unique<Http2Connection>(parts_, owner, std::move(connected));
  return std::make_unique<Http1Connection>(parts_, owner, std::move(connected));
}

Result<Connection*> ConnectionPool::add(Destination& destination, Connected connected) {
  destination.protocol = connected.is_http2 ? Protocol::http2 : Protocol::http1;
  const bool is_http2 = connected.is_http2;
  connections_.push_back(make(std::move(connected)));
  Connection& added = *connections_.back();
  added.pool_entry() = {.destination = &destination, .is_http2 = is_http2, .owned_at = std::prev(connections_.end())};
  ++destination.users;
  if (auto watched = added.watch(); !watched) {
    discard(added);
    return std::unexpected(std::move(watched.error()));
  }
  return &added;
}

Connection* ConnectionPool::lease(Destination& destination) {
  while (!destination.open.empty()) {
    Connection& connection = *destination.open.back();
    destination.open.pop_back();
    PoolEntry& entry = connection.pool_entry();
    entry.is_offered = false;
    // Its readiness may be told later in this pass.
    const bool may_have_news = entry.is_kept && entry.idle_since < parts_.loop.now();
    if (entry.is_kept) spare_.splice(spare_.end(), idle_, entry.idle_at);
    entry.is_kept = false;
    if (may_have_news && !connection.nothing_follows()) {
      discard(connection);
      continue;
    }
    if (takes_more(connection)) return &connection;
    settle(connection);
  }
  return nullptr;
}

bool ConnectionPool::takes_more(Connection& connection) noexcept {
  const PoolEntry& entry = connection.pool_entry();
  return connection.takes_more() && (!entry.is_http2 || entry.destination->version != HttpVersion::http1_1);
}

void ConnectionPool::settle(Connection& connection) {
  PoolEntry& entry = connection.pool_entry();
  const bool is_idle = connection.is_idle();
  if (!takes_more(connection)) return is_idle ? discard(connection) : void();
  if (!entry.is_offered) entry.destination->open.push_back(&connection);
  entry.is_offered = true;
  if (is_idle && !entry.is_kept) keep(connection);
}

void ConnectionPool::keep(Connection& connection) {
  if (spare_.empty()) spare_.emplace_back();
  idle_.splice(idle_.end(), spare_, std::prev(spare_.end()));
  idle_.back() = &connection;
  PoolEntry& entry = connection.pool_entry();
  entry.idle_at = std::prev(idle_.end());
  entry.idle_since = parts_.loop.now();
  entry.is_kept = true;
  const Limits& limits = parts_.options.limits;
  if (idle_.size() > limits.max_idle_connections) {
    discard_oldest_idle();
  } else if (!expiry_.armed()) {
    expiry_.arm(parts_.loop.now() + limits.max_idle_time);
  }
}

void ConnectionPool::discard(Connection& connection) {
  const PoolEntry& entry = connection.pool_entry();
  if (entry.is_kept) idle_.erase(entry.idle_at);
  if (entry.is_offered) std::erase(entry.destination->open, &connection);
  connection.close();
  leave(*entry.destination);
  parts_.loop.retire(std::move(*entry.owned_at));
  connections_.erase(entry.owned_at);
}

bool ConnectionPool::discard_oldest_idle() {
  if (idle_.empty()) return false;
  discard(*idle_.front());
  return true;
}

void ConnectionPool::expire() {
  const Duration max_idle_time = parts_.options.limits.max_idle_time;
  const TimePoint cut = parts_.loop.now() - max_idle_time;
  while (!idle_.empty() && idle_.front()->pool_entry().idle_since <= cut) discard_oldest_idle();
  if (!idle_.empty()) expiry_.arm(idle_.front()->pool_entry().idle_since + max_idle_time);
}

}  // namespace nbcrawl
