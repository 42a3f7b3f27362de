#pragma once

#include <list>
#include <memory>

#include "fetch/active_transfer.hpp"
#include "fetch/connector.hpp"
#include "fetch/fetch_parts.hpp"
#include "fetch/pause.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

class Connection;
struct Destination;

/// What the pool notes about a connection.
struct PoolEntry {
  Destination* destination = nullptr;
  bool is_http2 = false;
  std::list<std::unique_ptr<Connection>>::iterator owned_at = {};
  std::list<Connection*>::iterator idle_at = {};
  TimePoint idle_since = {};
  bool is_offered = false;  ///< in its destination's list of those that take more
  bool is_kept = false;     ///< in the list of idle ones
};

/// What carries transfers: one at a time with HTTP/1.1, many with HTTP/2.
class Connection : public Pollable, public Carrier, private Pause::Waiter {
 public:
  /// Implemented by the pool.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// It may have come to take more transfers, or to carry none.
    virtual void settle(Connection& connection) = 0;
    /// It is of no more use: close() follows at once, destruction after the pass.
    virtual void discard(Connection& connection) = 0;
  };

  Connection(const FetchParts& parts, Owner& owner, Connected connected);
  ~Connection() override;
  [[nodiscard]] int fileno() const noexcept final { return stream_->fileno(); }

  /// Starts to watch the stream.
  Result<> watch();

  /// Sends a transfer's request, which is prepared, and hands it the response; only where it takes_more(). It lets go
  /// before it calls ActiveTransfer::on_end().
  virtual void carry(ActiveTransfer& transfer) = 0;
  /// A transfer that it carries can't go on, by its deadline for one; abandon() follows. What that says about the
  /// connection is to be heeded now: here it may let go of others, but not of this one.
  virtual void on_failing(const ActiveTransfer& /*transfer*/) {}
  /// A transfer gives up its response.
  virtual void abandon(ActiveTransfer& transfer) = 0;
  /// Whether another transfer can be carried now.
  [[nodiscard]] virtual bool takes_more() const noexcept = 0;
  /// Whether it carries none.
  [[nodiscard]] virtual bool is_idle() const noexcept = 0;
  /// Whether nothing has come since it became idle that would be taken for an answer to the next request. Asks the
  /// stream: a wait may be about to tell.
  [[nodiscard]] virtual bool nothing_follows() = 0;
  /// Gives up: no report arrives any more, and what it carries is forgotten. For the owner.
  virtual void close();

  [[nodiscard]] const Peer& peer() const noexcept { return peer_; }
  /// For the owner.
  [[nodiscard]] PoolEntry& pool_entry() noexcept { return pool_entry_; }

 protected:
  /// What one connection may move before the others have their turn.
  static constexpr std::size_t bytes_per_turn = 1024 * 1024;

  // Report to the owner, unless it has closed this one already.
  void settle() {
    if (stream_ != nullptr) owner_.settle(*this);
  }
  void discard() {
    if (stream_ != nullptr) owner_.discard(*this);
  }

  /// Whether nothing may be read now, because nobody takes our results. Then it is resumed later.
  bool must_rest();
  /// Hears of no readability until it is resumed.
  void rest();
  void resume();
  [[nodiscard]] virtual bool wants_to_write() const noexcept = 0;
  void update_interest();
  /// The connection is over, for this reason: what it carries is told.
  virtual void fail(Error error) = 0;

  const FetchParts& parts_;
  std::unique_ptr<Stream> stream_;  // null: closed

 private:
  void on_resume() final { resume(); }
  [[nodiscard]] Interest interest() const noexcept;

  Owner& owner_;
  Peer peer_;
  Registration registration_;
  bool rests_ = false;
  PoolEntry pool_entry_;
};

}  // namespace nbcrawl
