#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "fetch/connection_pool.hpp"
#include "fetch/options.hpp"
#include "fetch/transfer.hpp"
#include "http/request.hpp"
#include "io/event_loop.hpp"
#include "net/resolver.hpp"

namespace nbcrawl {

/// Told by the fetcher how transfers go. Implemented by the run.
class FetchObserver {
 public:
  virtual ~FetchObserver() = default;
  /// The head is there: the moment to set body_plan(). An error ends the transfer with it.
  virtual Result<> on_head(Transfer& transfer) = 0;
  /// The transfer is done; `outcome` says how. Called from the loop, never from within start(). The transfer stays as
  /// it is until the call returns, its connection is free for the next one already.
  virtual void on_done(Transfer& transfer, Result<> outcome) = 0;
};

/// Carries out jobs: leases or opens a connection for each, sends the request, collects the response. Knows nothing of
/// politeness or results.
class Fetcher {
 public:
  Fetcher(EventLoop& loop, Resolver& resolver, FetchObserver& observer, FetchOptions options,
          RequestWriter request_writer, Log& log);
  ~Fetcher();
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  void start(Attempt attempt);
  [[nodiscard]] std::size_t active() const noexcept { return active_.size(); }

  /// No socket is read until resume(): the results have nowhere to go. Deadlines stand still meanwhile.
  void pause();
  void resume();
  [[nodiscard]] bool paused() const noexcept { return paused_since_.has_value(); }

  /// Ends every active transfer with this error, through the observer.
  void abort_all(const Error& error);

  [[nodiscard]] const ConnectionPool& pool() const noexcept { return pool_; }

 private:
  friend class Connection;
  friend class Http1Connection;
  friend class Http2Connection;
  friend class Opening;
  friend class Transfer;

  // Steps of a transfer.
  /// Has it carried by a connection that is there, or wait for one.
  void place(Transfer& transfer);
  void open(Transfer& transfer);
  void carry(Transfer& transfer, Connection& connection);
  /// Null: none.
  Result<const ProxyUrl*> choose_proxy(const Transfer& transfer);
  void fail(Transfer& transfer, Error error);
  void finish(Transfer& transfer, Result<> outcome);

  // From an opening.
  void on_opened(Opening& opening, Result<Connected> connected);
  void on_not_opened(Opening& opening, const Error& error);
  /// Begins the connection with the transfer that it was made for.
  void begin_with(Transfer& first, Destination& destination, Connected connected);
  std::unique_ptr<Connection> make_connection(Destination& destination, Connected connected);
  /// Takes it out of its destination.
  static std::unique_ptr<Opening> take(Opening& opening);

  // From a connection, which has let go of the transfer.
  void on_response(Transfer& transfer);
  void on_failure(Transfer& transfer, Error error, Handling handling);
  /// As on_failure(), where the server gave HTTP/2 as the reason.
  void on_http1_required(Transfer& transfer, Error error, Handling handling);
  // From a connection.
  /// What to write; opens the file of its body.
  Result<RequestHead> request_of(Transfer& transfer);
  Result<> check_request(Transfer& transfer);
  void wait_for_resume(Connection& connection);
  void forget_paused(Connection& connection);

  [[nodiscard]] bool may_send_again(const Transfer& transfer, const Error& error, Handling handling) const;
  void resume_connections();
  [[nodiscard]] Duration paused_time() const noexcept;
  std::unique_ptr<Transfer> new_transfer();
  /// An empty string with the memory of the body that was done with last: it is in the processor's cache still. Only
  /// while a body arrives has its transfer such memory.
  std::string body_memory();
  void keep_body_memory(std::string body);

  EventLoop& loop_;
  FetchObserver& observer_;
  FetchOptions options_;
  RequestWriter request_writer_;
  Log& log_;
  std::vector<char> read_buffer_;  // one for all connections: a parser keeps nothing of what it is fed
  TlsContexts tls_contexts_;
  ConnectorParts connector_parts_;
  Fields http2_head_;  // of the request being written
  std::vector<std::unique_ptr<Transfer>> active_;
  std::vector<std::unique_ptr<Transfer>> spare_;
  std::vector<std::string> spare_bodies_;
  std::optional<TimePoint> paused_since_;
  Duration paused_total_{};
  std::vector<Connection*> paused_connections_;
  Timer resumption_;  // from the loop: whoever ends the pause may be in the middle of the shared buffer
  ConnectionPool pool_;
};

}  // namespace nbcrawl
