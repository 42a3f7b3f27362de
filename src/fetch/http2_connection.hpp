#pragma once

#include <optional>

#include "fetch/busy_time.hpp"
#include "fetch/connection.hpp"
#include "http/http2_session.hpp"
#include "io/timers.hpp"

namespace nbcrawl {

/// One HTTP/2 connection: moves bytes between its stream and its session, which tells the transfers. What many of them
/// have to send in one pass of the loop goes out with one write.
class Http2Connection final : public Connection {
 public:
  Http2Connection(const FetchParts& parts, Owner& owner, Connected connected);

  void on_ready(bool readable, bool writable) override;
  void carry(ActiveTransfer& transfer) override;
  void on_failing(const ActiveTransfer& transfer) override;
  void abandon(ActiveTransfer& transfer) override;
  void on_room() override;
  [[nodiscard]] bool takes_more() const noexcept override {
    return stream_ != nullptr && !is_doubtful_ && session_.takes_requests();
  }
  [[nodiscard]] bool is_idle() const noexcept override { return stream_ != nullptr && session_.active() == 0; }
  [[nodiscard]] bool nothing_follows() override { return true; }  // each answer names its request

 private:
  [[nodiscard]] bool wants_to_write() const noexcept override { return has_more_to_write_; }
  void flush();
  void read();
  /// One read; returns whether there may be more now.
  bool read_some();
  void write();
  /// Tells a peer that broke the protocol so (RFC 9113 section 5.4.1), if it can be told at once.
  void take_leave();
  void fail(Error error) override;

  Http2Session session_;
  BusyTime busy_;                     // with requests that the server has
  Fields head_;                       // of the request being written
  bool has_more_to_write_ = false;    // there is more to write, when the stream or the others let it
  std::optional<Error> write_error_;  // what it brings still is read
  bool is_doubtful_ = false;          // it was silent for most of the time that a transfer waited
  TimePoint heard_at_;
  Timer flush_;  // due at the end of a pass in which there was something to send
};

}  // namespace nbcrawl
