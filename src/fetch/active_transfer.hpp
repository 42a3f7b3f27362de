#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fetch/fetch_parts.hpp"
#include "fetch/pace.hpp"
#include "fetch/request_body.hpp"
#include "fetch/response_body.hpp"
#include "fetch/route.hpp"
#include "fetch/transfer.hpp"
#include "fetch/transfer_clock.hpp"
#include "http/http2_stream.hpp"
#include "http/request.hpp"

namespace nbcrawl {

/// Who answers.
struct Peer {
  std::string ip;
  std::uint16_t port = 0;
};

/// What reads a transfer's response.
class Carrier {
 public:
  virtual ~Carrier() = default;
  /// A transfer whose room() was 0 has some. Called from the loop.
  virtual void on_room() = 0;
};

/// A transfer under way: its request as it goes out, its response as it comes in, and the clock that both run against.
/// It knows neither connections nor where it stands: its owner, the fetcher, sees to that. When it is done the object
/// serves the next one.
class ActiveTransfer final : public Http2Receiver, private BodyMemory::Part::Waiter {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    /// The head is there: the moment to set Transfer::body_plan. An error ends the transfer with it.
    virtual Result<> on_head(Transfer& transfer) = 0;
    /// The connection has let go of it: the response is whole, or this is why not.
    virtual void on_end(ActiveTransfer& transfer, ResponseEnd end) = 0;
    /// It can't go on. Whoever holds it must let go. Called from the loop.
    virtual void on_failed(ActiveTransfer& transfer, Error error) = 0;
  };

  ActiveTransfer(const FetchParts& parts, Owner& owner);

  [[nodiscard]] Transfer& transfer() noexcept { return transfer_; }
  [[nodiscard]] const Transfer& transfer() const noexcept { return transfer_; }
  [[nodiscard]] const Url& url() const noexcept { return transfer_.url(); }
  [[nodiscard]] TimePoint started() const noexcept { return clock_.started(); }

  // For its owner.
  /// `route` must outlive the transfer.
  void begin(Attempt&& attempt, const Route& route);
  /// Makes the request ready to be sent, its body from the beginning. Errors: invalid_job, body_file_failed.
  Result<> prepare();
  /// A connection takes it. `is_kept`: it has carried others.
  void on_carried(Carrier& by, const Peer& peer, bool is_kept);
  [[nodiscard]] bool is_on_kept_connection() const noexcept { return is_on_kept_connection_; }
  /// The request waits on its connection until others leave it room: time in which that is `busy` with them does not
  /// count. Until on_request_begun() or on_end().
  void hold(const BusyTime& busy) noexcept { clock_.hold(busy); }
  /// The only way from one state to the next: logs, notes the time, arms the deadline.
  void enter(TransferState next);
  /// Fails from the loop, not from the call that is on the stack.
  void fail_soon(Error error);
  /// What went wrong with a connection, told of the host it leads to.
  [[nodiscard]] Error of_host(Error error) const;
  /// Forgets all, but memory that is of use.
  void clear();
  /// In the owner's table.
  [[nodiscard]] std::size_t position() const noexcept { return position_; }
  void set_position(std::size_t position) noexcept { position_ = position; }

  // For the connection that carries it; the calls of ResponseReceiver are its codec's.
  /// As prepared.
  [[nodiscard]] const RequestHead& request() const noexcept { return *request_; }
  [[nodiscard]] RequestBody& request_body() noexcept { return request_body_; }
  [[nodiscard]] Response& response() noexcept { return transfer_.response; }
  [[nodiscard]] ResponseBody& body() noexcept { return body_; }
  [[nodiscard]] std::uint64_t received_bytes() const noexcept { return transfer_.exchange.received_bytes; }
  /// Bytes for which there is room in memory now. 0: none, until the carrier is told.
  [[nodiscard]] std::size_t room();
  /// Bytes that its pace lets be read now. 0: none, for Pace::portion_time.
  [[nodiscard]] std::size_t allowance() const noexcept {
    return pace_ != nullptr ? pace_->allowance() : std::numeric_limits<std::size_t>::max();
  }
  Result<> on_head(std::uint64_t announced_bytes) override;
  Result<> on_body(std::string_view data) override { return body_.add(data); }
  void on_request_begun() override;
  [[nodiscard]] bool wants_rest() const noexcept override { return body_.wants_rest(); }
  [[nodiscard]] bool has_room() override { return room() > 0; }
  std::optional<std::size_t> read_request_body(std::span<char> into) override;
  void on_end(ResponseEnd end) override;

 private:
  void on_room() override;
  /// The time of a hold counts as time in the queue.
  void release();
  void note_time(TransferState next);
  void on_deadline();
  [[nodiscard]] Error timeout(std::chrono::milliseconds allowed) const;
  void on_too_slow(std::uint64_t received_bytes);

  const FetchParts& parts_;
  Owner& owner_;
  Transfer transfer_;
  std::size_t position_ = 0;
  const Route* route_ = nullptr;  // while it is active
  std::optional<RequestHead> request_;
  RequestBody request_body_;
  Carrier* carrier_ = nullptr;  // the last one
  bool is_on_kept_connection_ = false;
  TransferClock clock_;
  ResponseBody body_;
  std::uint64_t max_body_bytes_ = 0;
  Timer deadline_;
  std::unique_ptr<Pace> pace_;    // null: no limits
  std::optional<Error> failure_;  // of fail_soon()
};

}  // namespace nbcrawl
