#include "fetch/connection.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "fetch/fetcher.hpp"

namespace nbcrawl {

namespace {

/// What one connection may move before the others have their turn.
constexpr std::size_t bytes_per_turn = 1024 * 1024;
/// Shorter reads go through the shared buffer: there the end of the head and the whole body come with one call.
constexpr std::uint64_t read_direct_from = 16 * 1024;
constexpr std::size_t body_file_piece = 64 * 1024;

}  // namespace

std::string_view name(ConnectionState state) noexcept {
  switch (state) {
    case ConnectionState::opened: return "opened";
    case ConnectionState::idle: return "idle";
    case ConnectionState::sending: return "sending";
    case ConnectionState::awaiting: return "awaiting";
    case ConnectionState::closed: break;
  }
  return "closed";
}

Connection::Connection(Fetcher& fetcher, Destination& destination, Connected connected)
    : fetcher_(fetcher),
      destination_(destination),
      stream_(std::move(connected.stream)),
      parser_(fetcher.options_.limits.max_header_bytes),
      peer_ip_(connected.peer.ip()),
      peer_port_(connected.peer.port()) {}

Result<> Connection::watch(EventLoop& loop) {
  auto registration = loop.watch(*this, interest());
  if (!registration) return std::unexpected(std::move(registration.error()));
  registration_ = std::move(*registration);
  return {};
}

void Connection::enter(ConnectionState next) {
  state_ = next;
  update_interest();
}

Interest Connection::interest() const noexcept {
  return stream_->wanted({.readable = !paused_, .writable = state_ == ConnectionState::sending});
}

void Connection::update_interest() {
  if (!registration_) return;
  if (auto changed = registration_.set_interest(interest()); !changed) fetcher_.log_.warning(changed.error().detail);
}

void Connection::carry(Transfer& transfer, std::string_view head) {
  transfer_ = &transfer;
  outgoing_.assign(head);
  sent_ = 0;
  request_cut_off_ = false;
  const RequestHead request = transfer.request();
  if (request.options != nullptr && request.options->body && !request.as_get) outgoing_.append(*request.options->body);
  parser_.start(transfer.response_, transfer, request.method() == "HEAD");
  if (state_ == ConnectionState::opened && !is_silent()) return;
  state_ = ConnectionState::sending;  // interest follows only if the request does not go out at once
  write_request();
}

void Connection::read_idle() {
  // A TLS server may say what is no data, as a session ticket. Closed, or bytes that no request asked for: either way
  // nothing it says can be trusted to be the answer to our next request.
  const IoResult got = stream_->read(fetcher_.read_buffer_);
  if (got.status != IoStatus::would_block) return fetcher_.on_idle_activity(*this);
  update_interest();
}

bool Connection::is_silent() {
  // Bytes that are here already answer no request, and taken for the answer to the first one they would leave its true
  // answer to the second. With TLS 1.3 the server may also have refused us by now.
  const IoResult early = stream_->read(fetcher_.read_buffer_);
  if (early.status == IoStatus::failed) return fail(stream_->failure(early)), false;
  if (early.status != IoStatus::ok) return true;
  fail({.kind = ErrorKind::malformed_response,
        .phase = Phase::response,
        .detail = "the server sent bytes before the request"});
  return false;
}

void Connection::release() {
  transfer_ = nullptr;
  enter(ConnectionState::idle);
}

void Connection::close() {
  if (paused_) fetcher_.forget_paused(*this);
  state_ = ConnectionState::closed;
  transfer_ = nullptr;
  registration_.reset();
  stream_.reset();  // now, not after the pass: whoever wants a connection next may need the descriptor
}

void Connection::resume() {
  paused_ = false;
  if (!registration_) {
    if (auto watched = watch(fetcher_.loop_); !watched) return fail(std::move(watched.error()));
  }
  update_interest();
  if (stream_->has_buffered()) read_response();  // no readiness tells of it
}

void Connection::on_ready(bool /*readable*/, bool /*writable*/) {
  if (state_ == ConnectionState::idle) return read_idle();
  // With TLS either readiness may be what the other direction waits for: asked for is what is needed, tried is both.
  if (state_ == ConnectionState::sending) write_request();
  if (state_ == ConnectionState::sending || state_ == ConnectionState::awaiting) read_response();
}

void Connection::write_request() {
  while (sent_ < outgoing_.size() || refill_from_body_file()) {
    const IoResult written = stream_->write(std::span(outgoing_).subspan(sent_));
    if (written.status == IoStatus::would_block) return update_interest();
    if (written.status != IoStatus::ok) {
      // The answer, a 413 say, may be on its way or here already: reading tells, and tells the cause if not.
      request_cut_off_ = true;
      break;
    }
    sent_ += written.bytes;
  }
  if (state_ == ConnectionState::sending) enter(ConnectionState::awaiting);
}

bool Connection::refill_from_body_file() {
  if (state_ != ConnectionState::sending || !transfer_->request_body_ || transfer_->request_body_bytes_ == 0)
    return false;
  const std::size_t wanted =
      static_cast<std::size_t>(std::min<std::uint64_t>(body_file_piece, transfer_->request_body_bytes_));
  ssize_t got = 0;
  outgoing_.resize_and_overwrite(wanted, [&](char* into, std::size_t size) {
    got = ::read(transfer_->request_body_.get(), into, size);
    return got > 0 ? static_cast<std::size_t>(got) : 0;
  });
  sent_ = 0;
  if (got > 0) {
    transfer_->request_body_bytes_ -= static_cast<std::uint64_t>(got);
    return true;
  }
  const std::string cause = got < 0 ? std::strerror(errno) : "the file became shorter while it was sent";
  request_cut_off_ = true;
  transfer_->fail_soon({.kind = ErrorKind::body_file_failed,
                        .phase = Phase::request,
                        .sys_errno = got < 0 ? errno : 0,
                        .detail = "can't send " + transfer_->job().options->body_file + ": " + cause});
  return false;
}

void Connection::read_response() {
  if (paused_) {
    // A peer that is gone is reported whatever the interest, and would be in each pass.
    if (state_ == ConnectionState::awaiting) registration_.reset();
    return;
  }
  if (fetcher_.paused()) {
    paused_ = true;
    fetcher_.wait_for_resume(*this);
    return update_interest();
  }
  const std::uint64_t before = transfer_->exchange_.received_bytes;
  // What the stream holds already must be read now: the loop would not tell of it.
  while (read_some() && (transfer_->exchange_.received_bytes - before < bytes_per_turn || stream_->has_buffered())) {
  }
}

std::size_t Connection::allowance() {
  const auto& pace = transfer_->pace_;
  const std::size_t allowed = pace ? pace->allowance() : std::numeric_limits<std::size_t>::max();
  if (allowed == 0) {
    paused_ = true;
    update_interest();
  }
  return allowed;
}

bool Connection::read_some() {
  const std::size_t allowed = allowance();
  if (allowed == 0) return false;
  if (parser_.counted_body_left() >= read_direct_from) {
    const std::uint64_t wanted = std::min<std::uint64_t>(parser_.counted_body_left(), allowed);
    if (const auto room = transfer_->body_room(wanted); !room.empty()) {
      const IoResult got = stream_->read(room);
      const std::size_t bytes = got.status == IoStatus::ok ? got.bytes : 0;
      if (auto taken = transfer_->commit_body(room, bytes); !taken) return fail(std::move(taken.error())), false;
      if (got.status != IoStatus::ok) return on_no_bytes(got), false;
      parser_.skip_body(bytes);
      if (parser_.is_complete()) return finish_response(!stream_->has_buffered()), false;
      return got.more;
    }
  }
  std::vector<char>& buffer = fetcher_.read_buffer_;
  const IoResult got = stream_->read(std::span(buffer).first(std::min(buffer.size(), allowed)));
  if (got.status != IoStatus::ok) return on_no_bytes(got), false;
  return consume({buffer.data(), got.bytes}) && (got.more || parser_.counted_body_left() >= read_direct_from);
}

void Connection::on_no_bytes(const IoResult& result) {
  switch (result.status) {
    case IoStatus::ok: return;
    case IoStatus::would_block: return update_interest();
    case IoStatus::closed: return on_end_of_stream(true);
    case IoStatus::truncated: return on_end_of_stream(false);
    case IoStatus::failed: break;
  }
  // A close that loses what we had not read comes as a reset, RFC 9112 section 9.6.
  fail(stream_->failure(result));
}

bool Connection::consume(std::string_view input) {
  auto used = parser_.feed(input);
  if (!used) return fail(std::move(used.error())), false;
  if (!parser_.is_complete() && !transfer_->leaves_early()) return true;
  finish_response(parser_.is_complete() && *used == input.size() && !stream_->has_buffered());
  return false;
}

void Connection::on_end_of_stream(bool orderly) {
  if (auto ended = parser_.finish(); !ended) return fail(std::move(ended.error()));
  if (!orderly) {
    // RFC 9112 section 9.8: where only the end of the connection ends the body, close_notify must tell that it is
    // whole.
    return fail({.kind = ErrorKind::truncated_body,
                 .phase = Phase::response,
                 .detail = "the connection was closed without TLS close_notify: the body may be cut off"});
  }
  finish_response(false);
}

void Connection::finish_response(bool reusable) {
  const bool all_sent = state_ == ConnectionState::awaiting && !request_cut_off_;
  fetcher_.on_response(*this, reusable && all_sent && parser_.keep_alive());
}

void Connection::fail(Error error) { fetcher_.on_failure(*this, std::move(error)); }

}  // namespace nbcrawl
