#pragma once

#include <list>
#include <memory>
#include <string>

#include "fetch/connector.hpp"
#include "http/http1_response_parser.hpp"
#include "io/event_loop.hpp"

namespace nbcrawl {

struct Destination;
class Fetcher;
class Transfer;

enum class ConnectionState : std::uint8_t {
  opened,    ///< new, no request was sent yet
  idle,      ///< kept for the next request to its destination; anything readable means it is of no more use
  sending,   ///< request bytes are left to write; the response may come already
  awaiting,  ///< the request is out
  closed,    ///< given up; destroyed after the pass
};

[[nodiscard]] std::string_view name(ConnectionState state) noexcept;

/// One HTTP/1.1 connection: moves bytes between its stream and its transfer. Owned by the pool. Interest is computed
/// from the state, so nothing is re-registered between the requests of a kept connection.
class Connection final : public Pollable {
 public:
  Connection(Fetcher& fetcher, Destination& destination, Connected connected);

  [[nodiscard]] int fileno() const noexcept override { return stream_->fileno(); }
  void on_ready(bool readable, bool writable) override;

  /// Starts to watch the stream.
  Result<> watch(EventLoop& loop);

  /// Sends a transfer's request and will receive its response. Only when new or idle.
  void carry(Transfer& transfer, std::string_view head);
  /// Has done with its transfer and is idle.
  void release();
  /// Gives up: no report arrives any more. The transfer, if any, is forgotten.
  void close();
  /// Hears of readability again after the fetcher's pause.
  void resume();

  [[nodiscard]] ConnectionState state() const noexcept { return state_; }
  [[nodiscard]] Destination& destination() const noexcept { return destination_; }
  [[nodiscard]] Transfer* transfer() const noexcept { return transfer_; }
  [[nodiscard]] const std::string& peer_ip() const noexcept { return peer_ip_; }
  [[nodiscard]] std::uint16_t peer_port() const noexcept { return peer_port_; }
  [[nodiscard]] bool response_has_begun() const noexcept { return parser_.has_begun(); }

 private:
  friend class ConnectionPool;
  void enter(ConnectionState next);
  /// Whether the server has said nothing before the first request, as it should.
  bool is_silent();
  void read_idle();
  void write_request();
  bool refill_from_body_file();
  void read_response();
  /// Bytes that may be read now; 0: none, and the connection rests until it is resumed.
  std::size_t allowance();
  /// One read; returns whether there may be more now.
  bool read_some();
  /// A read that brought nothing.
  void on_no_bytes(const IoResult& result);
  bool consume(std::string_view input);
  /// `orderly`: the peer meant it, as far as the stream can tell.
  void on_end_of_stream(bool orderly);
  void finish_response(bool reusable);
  void fail(Error error);
  [[nodiscard]] Interest interest() const noexcept;
  void update_interest();

  Fetcher& fetcher_;
  Destination& destination_;
  std::unique_ptr<Stream> stream_;
  Registration registration_;
  Http1ResponseParser parser_;
  std::string peer_ip_;
  std::uint16_t peer_port_;
  ConnectionState state_ = ConnectionState::opened;
  bool request_cut_off_ = false;  // the peer stopped reading the request; its answer may still come
  bool paused_ = false;
  Transfer* transfer_ = nullptr;
  std::string outgoing_;
  std::size_t sent_ = 0;

  // The pool's bookkeeping.
  std::list<std::unique_ptr<Connection>>::iterator owned_at_;
  std::list<Connection*>::iterator idle_at_;
  TimePoint idle_since_;
};

}  // namespace nbcrawl
