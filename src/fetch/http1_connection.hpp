#pragma once

#include <string>

#include "fetch/connection.hpp"
#include "http/http1_response_parser.hpp"
#include "io/timers.hpp"

namespace nbcrawl {

enum class Http1State : std::uint8_t {
  opened,    ///< new, no request was sent yet
  idle,      ///< kept for the next request to its destination; anything readable means it is of no more use
  sending,   ///< request bytes are left to write; the response may come already
  awaiting,  ///< the request is out
  closed,    ///< given up; destroyed after the pass
};

/// One HTTP/1.1 connection: moves bytes between its stream and its transfer. Interest is computed from the state, so
/// nothing is re-registered between the requests of a kept connection.
class Http1Connection final : public Connection {
 public:
  Http1Connection(const FetchParts& parts, Owner& owner, Connected connected);

  void on_ready(bool readable, bool writable) override;
  void carry(ActiveTransfer& transfer) override;
  void abandon(ActiveTransfer& transfer) override;
  [[nodiscard]] bool takes_more() const noexcept override { return is_idle(); }
  [[nodiscard]] bool is_idle() const noexcept override {
    return state_ == Http1State::idle || state_ == Http1State::opened;
  }
  [[nodiscard]] bool nothing_follows() override;
  void close() override;
  void on_room() override { resume(); }

 private:
  void enter(Http1State next);
  [[nodiscard]] bool wants_to_write() const noexcept override { return state_ == Http1State::sending; }
  /// Whether the server has said nothing before the first request, as it should.
  bool is_silent();
  void read_idle();
  void write_request();
  bool refill_from_body_file();
  void read_response();
  /// Bytes that may be read now; 0: none, and the connection rests until there are some.
  std::size_t allowance();
  /// One read; returns whether there may be more now.
  bool read_some();
  /// One read of head and body, where the head is expected to be as long as the last ones: what is behind it lands
  /// where it stays and needs no copy. Of pages of 256 KiB that saves one call of three and 5 % of their time.
  bool read_whole(std::size_t allowed);
  void expect_head_like(std::size_t head_bytes, std::uint64_t body_bytes) noexcept;
  /// A read that brought nothing.
  void on_no_bytes(const IoResult& result);
  bool consume(std::string_view input, bool may_have_more);
  /// `orderly`: the peer meant it, as far as the stream can tell.
  void on_end_of_stream(bool orderly);
  /// What has come behind a response, and would be taken for the next one.
  enum class Rest : std::uint8_t {
    none,
    unseen,  // the read took all it could
    seen,    // or there can be no next one
  };
  void finish_response(Rest rest);
  void fail(Error error) override;

  Http1ResponseParser parser_;
  Http1State state_ = Http1State::opened;
  bool request_cut_off_ = false;  // the peer stopped reading the request; its answer may still come
  ActiveTransfer* transfer_ = nullptr;
  std::string outgoing_;
  std::size_t sent_ = 0;
  std::size_t last_head_bytes_ = 0;      // of the last response, if it was large
  std::size_t expected_head_bytes_ = 0;  // the last two large ones had such heads; 0: no telling
  Timer portion_;                        // ends a rest for the sake of the transfer's pace
};

}  // namespace nbcrawl
