#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/http2_stream.hpp"

namespace nbcrawl {

/// A client's side of one HTTP/2 connection (RFC 9113) over nghttp2: bytes in, events of streams out, bytes to send
/// out, no I/O. Windows are large, since what comes is handed on at once: whoever wants less to come reads less; and
/// where a receiver has no room, that of its stream is not opened again.
/// Receivers are told of an end when nghttp2 has done its work, so that what Http2Receiver::on_end() throws comes out
/// of feed(), output(), end() or return_unsent(); no other call of theirs may throw. A receiver may submit and cancel
/// from within any call it gets, but must leave these four to others.
class Http2Session {
 public:
  /// What a stream, and the connection, may have on their way to us (RFC 9113 section 6.9). A server far away, 100 ms
  /// say, still gets 10 MB/s through one stream.
  static constexpr std::int32_t stream_window_bytes = 1024 * 1024;
  static constexpr std::int32_t connection_window_bytes = 16 * 1024 * 1024;
  /// Frames in a row that are no part of a response, while no part of a request is sent. Beyond, the server only keeps
  /// us busy.
  static constexpr std::size_t max_idle_frames = 10'000;
  /// The same in bytes, for frames of types that nobody knows. More than a cancelled body may have on its way.
  static constexpr std::size_t max_idle_bytes = 2 * std::size_t{connection_window_bytes};

  /// `max_header_bytes`: of a response head, as Limits::max_header_bytes.
  explicit Http2Session(std::size_t max_header_bytes);
  ~Http2Session();
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  /// Sends a request, as RequestWriter writes it, as soon as the server's limit on streams allows it; only where
  /// takes_requests(). `response` and `receiver` must stay until the receiver's on_end() or cancel().
  void submit(const Fields& head, bool has_body, Response& response, Http2Receiver& receiver);
  /// Gives the receiver's stream up, sent or not. It hears no more.
  void cancel(const Http2Receiver& receiver);

  /// Has those streams go on whose receivers have room again.
  void admit();

  /// Whether another request may be submitted: the server has not said that it goes away.
  [[nodiscard]] bool takes_requests() const noexcept;
  /// Streams that someone waits for.
  [[nodiscard]] std::size_t active() const noexcept { return active_; }
  /// Of these, streams whose requests have begun. One that nobody waits for does not count, though its end be unsent.
  [[nodiscard]] std::size_t open() const noexcept { return open_; }

  /// Reads bytes. An error is one of the connection, of which all its receivers are told: see end().
  Result<> feed(std::string_view input);
  /// The connection is over, for this reason: all receivers are told.
  void end(const Error& error);
  /// Gives up the requests that wait for a free stream: their receivers are told, in the order in which they came, that
  /// they are Handling::unsent.
  void return_unsent();

  /// What is to be sent now, or a good part of it; empty: nothing. The view lives until the next call.
  std::string_view output();
  void on_sent(std::size_t bytes);

 private:
  friend struct Http2Callbacks;  // nghttp2's C callbacks

  void make_session();
  void cancel_ended(const Http2Receiver& receiver);
  /// Lets nghttp2 write, and tells of what has ended.
  void collect();
  /// `failed`: what nghttp2 returned; 0: it did not fail.
  [[nodiscard]] Error connection_error(int failed) const;
  void on_progress() noexcept;
  [[nodiscard]] bool is_flooded() const noexcept;
  /// Tells a stream's receiver that the server has left it, with the reason that its GOAWAY gave.
  void leave(Http2Stream& stream, Error error, Handling handling);

  // From the callbacks.
  void on_frame(const nghttp2_frame& frame);
  void on_fields_end(Http2Stream& stream, bool is_last);
  void on_data(Http2Stream& stream, std::string_view data);
  void on_reset(Http2Stream& stream, std::uint32_t error_code);
  void on_goaway(const nghttp2_goaway& said);
  void on_stream_close(Http2Stream& stream);

  /// The receiver has taken so much: the server may send as much again, if there is room.
  void open_window(Http2Stream& stream, std::size_t bytes);
  /// Whether some of its request may have been sent.
  [[nodiscard]] bool has_begun(const Http2Stream& stream) const noexcept;
  /// Nobody waits for the stream any more.
  Http2Receiver* detach(Http2Stream& stream) noexcept;
  void complete(Http2Stream& stream);
  /// Fails a stream that the server has not ended.
  void refuse(Http2Stream& stream, Error error);
  /// Its receiver is told by tell_ended().
  void finish(Http2Stream& stream, ResponseEnd end);
  void tell_ended();
  /// Tells the server that nobody waits for the stream.
  void reset(const Http2Stream& stream);

  /// Who is to be told of the end of its stream; null: it has cancelled.
  struct Ended {
    Http2Receiver* receiver;
    ResponseEnd end;
  };

  std::size_t max_header_bytes_;
  std::unique_ptr<nghttp2_session, void (*)(nghttp2_session*)> session_;
  std::vector<std::unique_ptr<Http2Stream>> streams_;  // until nghttp2 has closed them
  std::vector<std::unique_ptr<Http2Stream>> spare_;
  std::vector<Ended> ended_;
  std::vector<nghttp2_nv> head_;  // of the request being submitted
  std::size_t active_ = 0;
  std::size_t open_ = 0;
  std::string output_;
  std::size_t sent_ = 0;
  std::size_t idle_frames_ = 0;
  std::size_t idle_bytes_ = 0;
  std::uint32_t own_error_code_ = NGHTTP2_NO_ERROR;  // of the GOAWAY that we sent
  bool heard_settings_ = false;
  std::uint32_t goaway_code_ = NGHTTP2_NO_ERROR;  // of the server's
  bool over_ = false;
};

}  // namespace nbcrawl
