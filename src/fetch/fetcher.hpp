#pragma once

#include <memory>
#include <vector>

#include "base/log.hpp"
#include "fetch/active_transfer.hpp"
#include "fetch/connection_pool.hpp"
#include "fetch/fetch_parts.hpp"
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
  /// The head is there: the moment to set Transfer::body_plan. An error ends the transfer with it.
  virtual Result<> on_head(Transfer& transfer) = 0;
  /// The transfer is done; `outcome` says how. Called from the loop, never from within start(). The transfer stays as
  /// it is until the call returns, its connection is free for the next one already.
  virtual void on_done(Transfer& transfer, Result<> outcome) = 0;
};

/// Carries out jobs: leases or opens a connection for each, sends the request, collects the response. Knows nothing of
/// politeness or results.
class Fetcher final : private ActiveTransfer::Owner, private Opening::Observer {
 public:
  Fetcher(EventLoop& loop, Resolver& resolver, FetchObserver& observer, FetchOptions options,
          RequestWriter request_writer, Log& log);
  ~Fetcher() override;
  Fetcher(const Fetcher&) = delete;
  Fetcher& operator=(const Fetcher&) = delete;

  void start(Attempt&& attempt);
  [[nodiscard]] std::size_t active() const noexcept { return active_.size(); }

  /// No socket is read until resume(): the results have nowhere to go. Deadlines stand still meanwhile.
  void pause() { pause_.begin(); }
  void resume() { pause_.end(); }
  [[nodiscard]] bool paused() const noexcept { return pause_.is_on(); }

  /// Ends every active transfer with this error, through the observer.
  void abort_all(const Error& error);

  /// Closes every connection that waits for a job: others need its descriptor. Whether there was one.
  bool discard_idle();

  [[nodiscard]] const BodyMemory& body_memory() const noexcept { return body_memory_; }
  [[nodiscard]] const ConnectionPool& pool() const noexcept { return pool_; }

 private:
  /// A job under way, and where it stands.
  struct Entry {
    Entry(const FetchParts& parts, ActiveTransfer::Owner& owner) : transfer(parts, owner) {}

    ActiveTransfer transfer;
    Destination* destination = nullptr;  // joined
    Opening* opening = nullptr;          // waited for
    Connection* connection = nullptr;    // that carries it
    bool was_sent_again = false;         // where the connection was stale, or the server did not touch it
  };

  // One job's life.
  Entry& add();
  /// Makes its request ready. False: it can't be sent, and the job fails soon.
  static bool prepare(Entry& entry);
  /// Has it carried by a connection that is there, or wait for one.
  void place(Entry& entry);
  void open(Entry& entry);
  void on_opened(Opening& opening, Result<Connected> connected) override;
  /// Begins the connection with the transfer that it was made for.
  void begin_with(Entry& first, Connected connected);
  void on_not_opened(Opening& opening, const Error& error);
  static void carry(Entry& entry, Connection& connection, bool is_kept);
  Result<> on_head(Transfer& transfer) override { return observer_.on_head(transfer); }
  void on_end(ActiveTransfer& transfer, ResponseEnd end) override;
  /// The server gave HTTP/2 as the reason: remembers it, and settles whether the request may be sent again.
  void heed_http1_required(const Entry& entry, ResponseEnd& end);
  [[nodiscard]] static bool may_send_again(const Entry& entry, const ResponseEnd& end);
  void on_failed(ActiveTransfer& transfer, Error error) override;
  /// Whoever has it lets go.
  void fail(Entry& entry, Error error);
  void finish(Entry& entry, Result<> outcome);
  /// Takes it out of the table.
  std::unique_ptr<Entry> take(Entry& entry);

  [[nodiscard]] Entry& entry_of(const ActiveTransfer& transfer) noexcept { return *active_[transfer.position()]; }
  /// Null: none. Error: the proxy can't be used.
  Result<const ProxyUrl*> choose_proxy(const Attempt& attempt);
  /// Whether any certificate will do.
  [[nodiscard]] bool is_insecure(const Attempt& attempt) const noexcept;
  /// The one that waited longest for it waits no more; null: none does.
  Entry* pop(Opening& opening) noexcept;

  FetchObserver& observer_;
  FetchOptions options_;
  RequestWriter request_writer_;
  Pause pause_;
  ReusableMemory memory_;
  BodyMemory body_memory_;
  TlsContexts tls_contexts_;
  FetchParts parts_;
  ConnectorParts connector_parts_;
  std::vector<std::unique_ptr<Entry>> active_;
  std::vector<std::unique_ptr<Entry>> spare_;
  ConnectionPool pool_;
};

}  // namespace nbcrawl
