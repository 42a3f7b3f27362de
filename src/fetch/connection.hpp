#pragma once

#include <list>
#include <memory>
#include <string>

#include "fetch/connector.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

struct Destination;
class Fetcher;
class Transfer;

/// What carries transfers: one at a time with HTTP/1.1, many with HTTP/2. Owned by the pool.
class Connection : public Pollable {
 public:
  Connection(Fetcher& fetcher, Destination& destination, Connected connected);
  ~Connection() override;
  [[nodiscard]] int fileno() const noexcept final { return stream_->fileno(); }

  /// Starts to watch the stream.
  Result<> watch(EventLoop& loop);

  /// Sends a transfer's request and will receive its response; only where it takes_more(). Error: there is nothing to
  /// send (invalid_job, body_file_failed), and the connection is as it was.
  virtual Result<> carry(Transfer& transfer) = 0;
  /// A transfer gives up its response.
  virtual void abandon(Transfer& transfer) = 0;
  /// Hears of readability again after the fetcher's pause.
  void resume();
  /// Whether another transfer can be carried now.
  [[nodiscard]] virtual bool takes_more() const noexcept = 0;
  /// Whether it carries none.
  [[nodiscard]] virtual bool is_idle() const noexcept = 0;
  [[nodiscard]] bool is_open() const noexcept { return stream_ != nullptr; }
  /// Gives up: no report arrives any more, and what it carries is forgotten.
  virtual void close();

  [[nodiscard]] Destination& destination() const noexcept { return destination_; }

 protected:
  /// What one connection may move before the others have their turn.
  static constexpr std::size_t bytes_per_turn = 1024 * 1024;

  /// The request is ready to be sent.
  void begin(Transfer& transfer);
  /// Whether nothing may be read now, because nobody takes our results. Then it is resumed later.
  bool must_rest();
  [[nodiscard]] virtual bool wants_to_write() const noexcept = 0;
  void update_interest();
  /// The connection is over, for this reason: what it carries is told.
  virtual void fail(Error error) = 0;

  Fetcher& fetcher_;
  std::unique_ptr<Stream> stream_;  // null: closed
  bool paused_ = false;

 private:
  friend class ConnectionPool;
  [[nodiscard]] Interest interest() const noexcept;

  Destination& destination_;
  Registration registration_;
  std::string peer_ip_;
  std::uint16_t peer_port_;

  // The pool's bookkeeping.
  std::list<std::unique_ptr<Connection>>::iterator owned_at_;
  std::list<Connection*>::iterator idle_at_;
  TimePoint idle_since_;
  bool is_offered_ = false;  // in its destination's list of those that take more
  bool is_kept_ = false;     // in the list of idle ones
};

}  // namespace nbcrawl
