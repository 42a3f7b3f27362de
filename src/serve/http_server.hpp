#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "io/event_loop.hpp"
#include "nbcrawl/server.hpp"
#include "net/address.hpp"
#include "serve/client.hpp"
#include "serve/client_context.hpp"
#include "serve/listener.hpp"
#include "serve/route_table.hpp"

namespace nbcrawl {

/// The server on a loop that somebody else runs: a crawler's, a test's, Server's own. The loop must outlive it. One
/// thread. SIGPIPE must be ignored or blocked.
class HttpServer {
 public:
  /// `options.multiplexer` is the loop's business and not looked at.
  HttpServer(EventLoop& loop, ServerOptions options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] RouteTable& routes() noexcept { return routes_; }
  /// Called after each response that went out whole.
  void on_served(std::function<void(const ServedRequest&)> hear) { context_.on_served = std::move(hear); }

  /// Begins to take clients; once, and again after drain(). Returns what it is bound to. Errors: those of
  /// Listener::open().
  Result<Address> listen(const Address& address);
  /// Serves again where it is finished(): of the drained run nothing is left.
  void begin();

  /// Whether clients can connect.
  [[nodiscard]] bool listens() const noexcept { return listener_ != nullptr; }
  /// Takes no more clients, and no more requests but those that have arrived; what is in flight gets `drain_timeout`.
  void drain();
  /// Whether drain() was called and no client is left.
  [[nodiscard]] bool finished() const noexcept { return context_.draining && clients_.empty(); }

  /// What it is bound to. Only after listen() and before drain().
  [[nodiscard]] const Address& address() const noexcept { return listener_->address(); }
  [[nodiscard]] std::size_t clients() const noexcept { return clients_.size(); }

 private:
  void accept(UniqueFd socket, const Address& peer);
  void remove(Client& client);
  void set_full(bool full);
  void close_idle(bool only_kept);

  EventLoop& loop_;
  ServerOptions options_;
  RouteTable routes_;
  ClientContext context_;
  Timer drain_limit_;
  std::unique_ptr<Listener> listener_;
  std::vector<std::unique_ptr<Client>> clients_;
  std::size_t most_clients_ = 0;
};

/// How many of the descriptors that this process may open clients should take: some are left for the files they get.
/// select's own limit counts too.
[[nodiscard]] std::size_t affordable_clients(MultiplexerKind multiplexer) noexcept;

}  // namespace nbcrawl
