#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/attempt.hpp"
#include "base/log.hpp"
#include "content/content_decoder.hpp"
#include "fetch/options.hpp"
#include "fetch/request_body.hpp"
#include "http/http2_stream.hpp"
#include "http/request.hpp"
#include "io/timers.hpp"
#include "nbcrawl/record.hpp"

namespace nbcrawl {

class Connection;
struct Destination;
class Fetcher;
class Opening;

/// Where a body goes that should not wait in memory. Owned by its transfer.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  virtual Result<> write(std::string_view data) = 0;
};

/// What the callbacks of a job need of the body, decided when the head is there.
struct BodyPlan {
  bool in_memory = true;               ///< collect it in Response::body
  bool keep_coded = false;             ///< leave its content codings on
  bool is_of_use = true;               ///< false: it is read past, coded as it is, to keep the connection
  std::unique_ptr<BodyWriter> writer;  ///< also hand it here as it arrives; null: nowhere
};

enum class TransferState : std::uint8_t { idle, resolving, connecting, handshaking, waiting, receiving, done };

[[nodiscard]] std::string_view name(TransferState state) noexcept;

/// One job on its way: the request, the response as far as it came, and the clock. Owned by the fetcher, which hands
/// it to the observer when it is done and may use the object again.
class Transfer final : public Http2Receiver, private ContentReceiver {
 public:
  explicit Transfer(Fetcher& fetcher);

  [[nodiscard]] const Attempt& attempt() const noexcept { return attempt_; }
  [[nodiscard]] Attempt& attempt() noexcept { return attempt_; }
  [[nodiscard]] const Job& job() const noexcept { return attempt_.job; }
  [[nodiscard]] Job& job() noexcept { return attempt_.job; }
  /// Of the request: the job's own, or where redirects led.
  [[nodiscard]] const Url& url() const noexcept { return attempt_.url(); }
  [[nodiscard]] RequestHead request() const noexcept;
  /// Since the job's first request was started, waiting in queues between left out.
  [[nodiscard]] Duration spent() const noexcept;
  [[nodiscard]] Response& response() noexcept { return response_; }
  [[nodiscard]] const Response& response() const noexcept { return response_; }
  [[nodiscard]] const Exchange& exchange() const noexcept { return exchange_; }
  [[nodiscard]] BodyPlan& body_plan() noexcept { return body_plan_; }
  [[nodiscard]] TransferState state() const noexcept { return state_; }

  // ResponseReceiver, called by the connection's codec.
  Result<> on_head(std::uint64_t announced_bytes) override;
  Result<> on_body(std::string_view data) override;
  // Http2Receiver.
  void on_request_begun() override;
  /// Not where the body is of no use, and what is left of it more than a connection costs.
  [[nodiscard]] bool wants_rest() const noexcept override { return !leaves_early_; }
  std::optional<std::size_t> read_request_body(std::span<char> into) override;
  void on_end(Http2End end) override;

 private:
  friend class Connection;
  friend class Http1Connection;
  friend class Http2Connection;
  friend class Fetcher;
  friend class Opening;

  void begin(Attempt attempt, const FetchOptions& options);
  void reset();
  /// The only way from one state to the next: logs, notes the time, arms the deadline.
  void enter(TransferState next);
  void on_deadline();
  // From the pace.
  friend class Pace;
  void go_on_reading();
  void on_too_slow(std::uint64_t received_bytes);
  /// In which we did not read, since this transfer was started.
  [[nodiscard]] Duration paused_time() const noexcept;
  /// Fails from the loop, not from the call that is on the stack.
  void fail_soon(Error error);
  [[nodiscard]] microseconds elapsed() const noexcept;
  /// When the step under way must be done, and what it was allowed.
  struct Deadline {
    TimePoint due;
    std::chrono::milliseconds allowed;
  };
  [[nodiscard]] Deadline deadline() const noexcept;
  /// The request to send now, with its body from the beginning. Error: body_file_failed.
  Result<RequestHead> prepare_request();
  /// Whether any certificate will do for the URL under way.
  [[nodiscard]] bool insecure() const noexcept;
  /// Bytes as they came, before content codings are removed.
  Result<> count_received(std::uint64_t bytes);
  /// The body is at its end: whether what its content codings promised is there.
  [[nodiscard]] Result<> end_body() const;
  Result<> on_content(std::string_view data) override;
  /// Bytes of the body itself.
  Result<> keep_body(std::string_view data);
  /// Room in Response::body for bytes that are read straight into it; empty where they must pass through on_body().
  std::span<char> body_room(std::uint64_t wanted);
  Result<> commit_body(std::span<char> room, std::size_t bytes);
  /// Whether the body's first bytes, none having come yet, may be handed over as they are with take_body().
  [[nodiscard]] bool takes_body() const noexcept {
    return body_plan_.in_memory && !decoder_ && exchange_.received_bytes == 0;
  }
  Result<> take_body(std::string body);

  Fetcher& fetcher_;
  Attempt attempt_;
  Response response_;
  Exchange exchange_;
  BodyPlan body_plan_;
  std::optional<ContentDecoder> decoder_;  // where the body has content codings
  bool leaves_early_ = false;
  TransferState state_ = TransferState::idle;
  TimePoint started_;  // of the job: earlier hops are reckoned in
  TimePoint hop_started_;
  Duration paused_before_{};  // the fetcher's paused time when this one started
  std::chrono::milliseconds connect_timeout_{};
  std::chrono::milliseconds max_time_{};
  std::uint64_t max_body_bytes_ = 0;
  RequestBody request_body_;
  bool on_kept_connection_ = false;
  bool was_sent_again_ = false;         // because the connection was stale, or the server did not touch it
  bool insecure_ = false;               // unless the job says otherwise
  Destination* destination_ = nullptr;  // joined while the transfer is active
  Opening* opening_ = nullptr;          // waited for
  Connection* connection_ = nullptr;    // leased from the pool
  Http2Stream* stream_ = nullptr;       // of such a connection
  std::unique_ptr<Pace> pace_;          // null: no limits
  Timer deadline_;
  std::optional<Error> failure_;  // of fail_soon()
  std::size_t position_ = 0;      // in the fetcher's table of active transfers
};

}  // namespace nbcrawl
