#include "serve/client.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

namespace nbcrawl {

namespace {

/// Requests of one client that are served before the others have their turn.
constexpr int requests_a_turn = 32;
/// What a client may send while it isn't asked to.
constexpr std::size_t max_unasked_bytes = 256 * 1024;
/// How long a closed connection waits for the client to notice.
constexpr milliseconds linger_time{1'000};

/// Whether a recv(2) that returned `count` says that no more will come.
bool is_over(ssize_t count) noexcept {
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

}  // namespace

Client::Client(ClientContext& context, UniqueFd socket, const Address& peer)
    : context_(context),
      socket_(std::move(socket)),
      timer_(context.loop.timers(), [this] { on_due(); }),
      peer_(peer),
      parser_({.max_head_bytes = context.options.max_head_bytes, .max_body_bytes = context.options.max_body_bytes}) {}

Result<> Client::start() {
  auto registration = context_.loop.watch(*this, {.readable = true});
  if (!registration) return std::unexpected(std::move(registration.error()));
  registration_ = std::move(*registration);
  enter(State::reading, context_.options.idle_timeout);
  return {};
}

void Client::close_if_idle(bool only_kept) {
  if (state_ != State::reading || parser_.begun() || !pipelined_.empty() || (only_kept && !kept_)) return;
  // A request that has arrived but was not read yet would be lost.
  char byte = 0;
  if (::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0) close();
}

void Client::enter(State next, Duration limit) {
  state_ = next;
  timer_.arm(context_.loop.now() + limit);
}

void Client::watch_for(Interest interest) {
  if (!registration_.set_interest(interest)) close();
}

void Client::on_ready(bool readable, bool writable) {
  switch (state_) {
    case State::reading:
      if (pipelined_.empty()) {
        read_request();
      } else {
        serve(std::exchange(pipelined_, {}));
      }
      break;
    case State::delayed: reads_ahead_ ? read_ahead() : read_unasked(); break;
    case State::writing:
      if (writable) write_response();
      if (readable && state_ == State::writing) read_unasked();
      break;
    case State::lingering: discard_input(); break;
    case State::closed: break;
  }
}

void Client::on_due() {
  switch (state_) {
    case State::reading:
      if (parser_.begun()) {
        respond(408);
      } else {
        close();
      }
      break;
    case State::delayed: begin_response(); break;
    case State::writing:
    case State::lingering: close(); break;
    case State::closed: break;
  }
}

void Client::read_request() {
  const ssize_t count = ::recv(socket_.get(), context_.input.data(), context_.input.size(), 0);
  if (count > 0) {
    serve({context_.input.data(), static_cast<std::size_t>(count)});
  } else if (is_over(count)) {
    close();
  }
}

/// Serves as many requests as have come, as long as each response goes out at once.
void Client::serve(std::string_view bytes) {
  for (int turns = requests_a_turn; state_ == State::reading && !bytes.empty() && turns > 0; --turns) {
    bytes.remove_prefix(parser_.feed(bytes));
    switch (parser_.state()) {
      case Http1RequestParser::State::incomplete: await_rest_of_request(); return;
      case Http1RequestParser::State::complete: respond(0); break;
      case Http1RequestParser::State::refused: respond(parser_.status()); break;
    }
  }
  if (state_ == State::closed) return;
  if (state_ != State::lingering) pipelined_.assign(bytes);
  if (state_ == State::reading) await_request();
}

void Client::await_request() {
  enter(State::reading, context_.options.idle_timeout);
  // What was sent ahead waits for its turn, which comes as soon as the socket takes bytes.
  watch_for({.readable = pipelined_.empty(), .writable = !pipelined_.empty()});
}

void Client::await_rest_of_request() {
  if (!std::exchange(request_timed_, true)) enter(State::reading, context_.options.request_timeout);
  watch_for({.readable = true});
  if (state_ == State::closed || told_to_continue_ || !parser_.awaits_continue()) return;
  told_to_continue_ = true;
  // Nothing else waits to be sent, so the socket takes these few bytes; a client that misses them sends its body
  // anyway.
  constexpr std::string_view interim = "HTTP/1.1 100 Continue\r\n\r\n";
  (void)::send(socket_.get(), interim.data(), interim.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

void Client::respond(int refused_with) {
  received_at_ = Clock::now();
  if (refused_with != 0) {
    answer_.fail(refused_with);
    if (!parser_.reason().empty()) answer_.body.append(parser_.reason()).append("\n");
    answer_.close = true;
  } else {
    context_.routes.answer(parser_.request(), answer_);
  }
  if (answer_.delay > milliseconds{0}) {
    enter(State::delayed, answer_.delay);
    reads_ahead_ = true;
    watch_for({.readable = true});  // select tells of a client that is gone by nothing else
  } else {
    begin_response();
  }
}

void Client::begin_response() {
  close_after_ = answer_.close || !parser_.keep_alive() || context_.draining || context_.full;
  const Request& request = parser_.request();
  const ResponseFraming framing = choose_framing(answer_, request.version_minor == 0, !close_after_);
  writer_.begin(answer_, framing, context_.date.at(std::time(nullptr)), request.method != "HEAD");
  write_response();
}

void Client::write_response() {
  switch (writer_.write(socket_.get())) {
    case ResponseWriter::Progress::done: finish_response(); break;
    case ResponseWriter::Progress::blocked:
    case ResponseWriter::Progress::yielded:
      enter(State::writing, context_.options.write_timeout);
      watch_for({.writable = true});
      break;
    case ResponseWriter::Progress::failed: close(); break;
  }
}

void Client::finish_response() {
  if (context_.on_served) {
    context_.on_served({.client = peer_,
                        .request = parser_.request(),
                        .status = answer_.status,
                        .body_bytes = writer_.body_bytes_sent(),
                        .time = Clock::now() - received_at_});
  }
  answer_.reset();
  if (close_after_ || context_.draining) {
    close_gently();
    return;
  }
  const bool was_waiting = state_ != State::reading;
  parser_.reset();
  request_timed_ = false;
  told_to_continue_ = false;
  kept_ = true;
  state_ = State::reading;
  if (was_waiting) await_request();
}

/// Bytes that arrive at a closed socket reset the connection, and the response with it (RFC 9112 section 9.6): where
/// there may be some, the client is left to close first.
void Client::close_gently() {
  if (parser_.state() == Http1RequestParser::State::complete && pipelined_.empty()) {
    close();
    return;
  }
  ::shutdown(socket_.get(), SHUT_WR);
  enter(State::lingering, linger_time);
  watch_for({.readable = true});
}

/// While an answer is delayed. Whoever has sent all it will, or a read's worth, still gets that answer.
void Client::read_ahead() {
  const std::size_t room = context_.input.size() - std::min(pipelined_.size(), context_.input.size());
  const ssize_t count = ::recv(socket_.get(), context_.input.data(), room, MSG_DONTWAIT);
  if (count > 0) {
    pipelined_.append(context_.input.data(), static_cast<std::size_t>(count));
  } else if (count == 0) {
    reads_ahead_ = false;
    watch_for({});
  } else if (is_over(count)) {
    close();
  }
}

/// A report while nothing was to be read: the client is gone, or sent urgent data, which has to be read to be rid of.
void Client::read_unasked() {
  const ssize_t count = ::recv(socket_.get(), context_.input.data(), context_.input.size(), MSG_DONTWAIT);
  if (count > 0) {
    pipelined_.append(context_.input.data(), static_cast<std::size_t>(count));
    if (pipelined_.size() > max_unasked_bytes) close();
  } else if (is_over(count)) {
    close();
  }
}

void Client::discard_input() {
  const ssize_t count = ::recv(socket_.get(), context_.input.data(), context_.input.size(), 0);
  if (is_over(count)) close();
}

void Client::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  timer_.disarm();
  registration_.reset();
  context_.on_closed(*this);
}

}  // namespace nbcrawl
