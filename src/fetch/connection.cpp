#include "fetch/connection.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "fetch/fetcher.hpp"

namespace nbcrawl {

namespace {

/// What one connection may move before the others have their turn.
constexpr std::size_t bytes_per_turn = 1024 * 1024;
/// Shorter reads go through the shared buffer: there the end of the head and the whole body come with one call.
constexpr std::uint64_t read_direct_from = 16 * 1024;
constexpr std::size_t body_file_piece = 64 * 1024;

ErrorKind kind_of(int cause) noexcept {
  switch (cause) {
    case ECONNRESET:
    case EPIPE: return ErrorKind::connection_reset;
    case ETIMEDOUT: return ErrorKind::timeout;
    case EHOSTUNREACH:
    case ENETUNREACH: return ErrorKind::connect_unreachable;
    default: return ErrorKind::connect_failed;
  }
}

Error lost(int cause) {
  return {.kind = kind_of(cause), .phase = Phase::response, .sys_errno = cause, .detail = std::string("reading the response: ") + std::strerror(cause)};
}

}  // namespace

std::string_view name(ConnectionState state) noexcept {
  switch (state) {
    case ConnectionState::idle: return "idle";
    case ConnectionState::sending: return "sending";
    case ConnectionState::awaiting: return "awaiting";
    case ConnectionState::closed: break;
  }
  return "closed";
}

Connection::Connection(Fetcher& fetcher, std::unique_ptr<Stream> stream, std::string_view origin, const Address& peer)
    : fetcher_(fetcher), stream_(std::move(stream)), parser_(fetcher.options_.limits.max_header_bytes), origin_(origin),
      peer_ip_(peer.ip()), peer_port_(peer.port()) {}

bool Connection::has_spoken_first() { return stream_->read(fetcher_.read_buffer_).status == IoStatus::ok; }

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
  return {.readable = !paused_, .writable = state_ == ConnectionState::sending};
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
  state_ = ConnectionState::sending;  // interest follows only if the request does not go out at once
  write_request();
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
  update_interest();
}

void Connection::on_ready(bool readable, bool writable) {
  if (state_ == ConnectionState::idle) return fetcher_.on_idle_activity(*this);
  if (writable && state_ == ConnectionState::sending) write_request();
  if (readable && (state_ == ConnectionState::sending || state_ == ConnectionState::awaiting)) read_response();
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
  if (state_ != ConnectionState::sending || !transfer_->request_body_ || transfer_->request_body_bytes_ == 0) return false;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(body_file_piece, transfer_->request_body_bytes_));
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
  transfer_->fail_soon({.kind = ErrorKind::body_file_failed, .phase = Phase::request, .sys_errno = got < 0 ? errno : 0,
        .detail = "can't send " + transfer_->job().options->body_file + ": " + cause});
  return false;
}

void Connection::read_response() {
  if (fetcher_.paused()) {
    paused_ = true;
    fetcher_.wait_for_resume(*this);
    return update_interest();
  }
  const std::uint64_t before = transfer_->exchange_.received_bytes;
  while (read_some() && transfer_->exchange_.received_bytes - before < bytes_per_turn) {
  }
}

bool Connection::read_some() {
  if (parser_.counted_body_left() >= read_direct_from) {
    if (const auto room = transfer_->body_room(parser_.counted_body_left()); !room.empty()) {
      const IoResult got = stream_->read(room);
      const std::size_t bytes = got.status == IoStatus::ok ? got.bytes : 0;
      if (auto taken = transfer_->commit_body(room, bytes); !taken) return fail(std::move(taken.error())), false;
      if (got.status == IoStatus::closed) return on_end_of_stream(), false;
      if (got.status == IoStatus::failed) return fail(lost(got.sys_errno)), false;
      if (bytes == 0) return false;
      parser_.skip_body(bytes);
      if (parser_.is_complete()) return finish_response(true), false;
      return bytes == room.size();
    }
  }
  std::vector<char>& buffer = fetcher_.read_buffer_;
  const IoResult got = stream_->read(buffer);
  switch (got.status) {
    case IoStatus::ok: return consume({buffer.data(), got.bytes}) && (got.bytes == buffer.size() || parser_.counted_body_left() >= read_direct_from);
    case IoStatus::would_block: return false;
    case IoStatus::closed: return on_end_of_stream(), false;
    case IoStatus::failed: break;
  }
  // A close that loses what we had not read comes as a reset, RFC 9112 section 9.6.
  return fail(lost(got.sys_errno)), false;
}

bool Connection::consume(std::string_view input) {
  auto used = parser_.feed(input);
  if (!used) return fail(std::move(used.error())), false;
  if (!parser_.is_complete()) return true;
  finish_response(*used == input.size());
  return false;
}

void Connection::on_end_of_stream() {
  if (auto ended = parser_.finish(); !ended) return fail(std::move(ended.error()));
  finish_response(false);
}

void Connection::finish_response(bool reusable) {
  const bool all_sent = state_ == ConnectionState::awaiting && !request_cut_off_;
  fetcher_.on_response(*this, reusable && all_sent && parser_.keep_alive());
}

void Connection::fail(Error error) { fetcher_.on_failure(*this, std::move(error)); }

}  // namespace nbcrawl
