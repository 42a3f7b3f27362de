#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/unique_fd.hpp"
#include "http/http1_request_parser.hpp"
#include "io/event_loop.hpp"
#include "serve/client_context.hpp"
#include "serve/response_writer.hpp"

namespace nbcrawl {

/// One client's connection: reads a request, has it answered, sends the response, and begins again. It never holds more
/// than one request, one response and one read's worth of what the client sent ahead: a client that does not read
/// its responses is not read from either.
class Client final : public Pollable {
 public:
  /// Takes an accepted, non-blocking socket.
  Client(ClientContext& context, UniqueFd socket, const Address& peer);

  /// Begins. Errors: those of EventLoop::watch().
  Result<> start();
  /// Closes where no request has begun to arrive. With `only_kept`, not before a first one was served.
  void close_if_idle(bool only_kept);

  [[nodiscard]] int fileno() const noexcept override { return socket_.get(); }
  void on_ready(bool readable, bool writable) override;

  std::size_t place = 0;  ///< in the server's list; the server's to use

 private:
  enum class State : std::uint8_t {
    reading,    ///< a request is awaited or arriving
    delayed,    ///< the answer is ready but not due yet
    writing,    ///< the socket is full
    lingering,  ///< all is sent; what still arrives is thrown away, so that it doesn't reset the connection
    closed,
  };

  void enter(State next, Duration limit);
  void watch_for(Interest interest);
  void on_due();
  void read_request();
  void serve(std::string_view bytes);
  void await_request();
  void await_rest_of_request();
  void respond(int refused_with);
  void begin_response();
  void write_response();
  void finish_response();
  void close_gently();
  void read_ahead();
  void read_unasked();
  void discard_input();
  void close();

  ClientContext& context_;
  UniqueFd socket_;
  Registration registration_;  // after socket_: ends before the descriptor is closed
  Timer timer_;
  Address peer_;
  State state_ = State::reading;
  bool close_after_ = false;
  bool request_timed_ = false;
  bool told_to_continue_ = false;
  bool kept_ = false;         // a request was served before
  bool reads_ahead_ = false;  // while delayed: the socket is watched for what comes next
  Http1RequestParser parser_;
  std::string pipelined_;  // what the client sent ahead
  Answer answer_;
  ResponseWriter writer_;
  TimePoint received_at_;
};

}  // namespace nbcrawl
