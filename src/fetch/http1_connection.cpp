#include "fetch/http1_connection.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace nbcrawl {

namespace {

/// Shorter reads go through the shared buffer: there the end of the head and the whole body come with one call.
constexpr std::uint64_t read_direct_from = 16 * 1024;
constexpr std::size_t body_file_piece = 64 * 1024;
/// The memory of a usual request is used for the next one; what a larger one took would lie idle with the connection.
constexpr std::size_t most_kept_bytes = 16 * 1024;

/// Whether a write failed for a reason that is not the peer's.
bool is_refusal_of_system(const IoResult& written) noexcept {
  return written.sys_errno != 0 && written.sys_errno != EPIPE && written.sys_errno != ECONNRESET;
}

}  // namespace

Http1Connection::Http1Connection(const FetchParts& parts, Owner& owner, Connected connected)
    : Connection(parts, owner, std::move(connected)),
      parser_(parts.options.limits.max_header_bytes),
      portion_(parts.loop.timers(), [this] { resume(); }) {}

void Http1Connection::enter(Http1State next) {
  state_ = next;
  update_interest();
}

void Http1Connection::carry(ActiveTransfer& transfer) {
  const RequestHead& request = transfer.request();
  outgoing_.clear();
  parts_.request_writer.write_head(outgoing_, request);
  outgoing_.append(transfer.request_body().take_text());
  sent_ = 0;
  request_cut_off_ = false;
  transfer_ = &transfer;
  transfer.on_request_begun();
  parser_.start(transfer.response(), transfer, request.method() == "HEAD");
  if (state_ == Http1State::opened && !is_silent()) return;
  state_ = Http1State::sending;  // interest follows only if the request does not go out at once
  write_request();
}

void Http1Connection::abandon(ActiveTransfer& /*transfer*/) { discard(); }

void Http1Connection::read_idle() {
  // A TLS server may say what is no data, as a session ticket. Closed, or bytes that no request asked for: either way
  // nothing it says can be trusted to be the answer to our next request.
  if (!nothing_follows()) return discard();
  update_interest();
}

bool Http1Connection::is_silent() {
  // Bytes that are here already answer no request, and taken for the answer to the first one they would leave its true
  // answer to the second. With TLS 1.3 the server may also have refused us by now.
  std::array<char, 1> byte{};  // not the shared buffer, which may be in use by whoever made room for this request
  const IoResult early = stream_->read(byte);
  if (early.status == IoStatus::failed) return fail(stream_->failure(early)), false;
  if (early.status != IoStatus::ok) return true;
  fail({.kind = ErrorKind::malformed_response,
        .phase = Phase::response,
        .detail = "the server sent bytes before the request"});
  return false;
}

void Http1Connection::close() {
  state_ = Http1State::closed;
  transfer_ = nullptr;
  portion_.disarm();
  Connection::close();
}

void Http1Connection::on_ready(bool /*readable*/, bool /*writable*/) {
  if (is_idle()) return read_idle();
  // With TLS either readiness may be what the other direction waits for: asked for is what is needed, tried is both.
  if (state_ == Http1State::sending) write_request();
  if (state_ == Http1State::sending || state_ == Http1State::awaiting) read_response();
}

void Http1Connection::write_request() {
  std::size_t in_this_turn = 0;
  while (sent_ < outgoing_.size() || refill_from_body_file()) {
    if (in_this_turn >= bytes_per_turn) return update_interest();  // writable still, which brings it back
    const IoResult written = stream_->write(std::span(outgoing_).subspan(sent_));
    if (written.status == IoStatus::would_block) return update_interest();
    if (written.status != IoStatus::ok) {
      request_cut_off_ = true;
      // Where the peer takes no more its answer, a 413 say, may be on its way or here already: reading tells, and tells
      // the cause if not. Where our own system refuses there would be nothing to read.
      if (is_refusal_of_system(written)) transfer_->fail_soon(transfer_->of_host(stream_->failure(written)));
      break;
    }
    sent_ += written.bytes;
    in_this_turn += written.bytes;
  }
  if (outgoing_.capacity() > most_kept_bytes) std::string().swap(outgoing_);
  if (state_ == Http1State::sending) enter(Http1State::awaiting);
}

bool Http1Connection::refill_from_body_file() {
  if (state_ != Http1State::sending || transfer_->request_body().left() == 0) return false;
  std::optional<std::size_t> got;
  outgoing_.resize_and_overwrite(body_file_piece, [&](char* into, std::size_t size) {
    got = transfer_->read_request_body({into, size});
    return got.value_or(0);
  });
  sent_ = 0;
  request_cut_off_ = !got;
  return got.has_value();
}

void Http1Connection::read_response() {
  if (must_rest()) return;
  const std::uint64_t before = transfer_->received_bytes();
  // What the stream holds already must be read now: the loop would not tell of it.
  while (read_some() && (transfer_->received_bytes() - before < bytes_per_turn || stream_->has_buffered())) {
  }
}

std::size_t Http1Connection::allowance() {
  const std::size_t room = transfer_->room();
  const std::size_t paced = transfer_->allowance();
  if (room > 0 && paced > 0) return std::min(room, paced);
  if (room > 0) portion_.arm(parts_.loop.now() + Pace::portion_time);
  rest();
  return 0;
}

bool Http1Connection::read_some() {
  const std::size_t allowed = allowance();
  if (allowed == 0) return false;
  if (parser_.counted_body_left() >= read_direct_from) {
    const std::uint64_t wanted = std::min<std::uint64_t>(parser_.counted_body_left(), allowed);
    if (const auto room = transfer_->body().room(wanted); !room.empty()) {
      const IoResult got = stream_->read(room);
      const std::size_t bytes = got.status == IoStatus::ok ? got.bytes : 0;
      if (auto taken = transfer_->body().commit(room, bytes); !taken) return fail(std::move(taken.error())), false;
      if (got.status != IoStatus::ok) return on_no_bytes(got), false;
      parser_.skip_body(bytes);
      if (parser_.is_complete()) return finish_response(Rest::unseen), false;
      return got.more;
    }
  }
  if (expected_head_bytes_ > 0 && !parser_.has_begun() && allowed > expected_head_bytes_) return read_whole(allowed);
  const std::span<char> buffer = parts_.memory.read_buffer();
  const IoResult got = stream_->read(buffer.first(std::min(buffer.size(), allowed)));
  if (got.status != IoStatus::ok) return on_no_bytes(got), false;
  return consume({buffer.data(), got.bytes}, got.more) && (got.more || parser_.counted_body_left() >= read_direct_from);
}

bool Http1Connection::read_whole(std::size_t allowed) {
  const std::span<char> head_room = parts_.memory.read_buffer().first(expected_head_bytes_);
  std::string body = parts_.memory.take_body();
  IoResult got;
  body.resize_and_overwrite(std::min(body.capacity(), allowed - head_room.size()), [&](char* into, std::size_t size) {
    got = stream_->read_two(head_room, {into, size});
    return got.bytes - std::min(got.bytes, head_room.size());
  });
  if (got.status != IoStatus::ok) {
    parts_.memory.give_back(body);
    return on_no_bytes(got), false;
  }
  const std::string_view head(head_room.data(), got.bytes - body.size());
  const auto used = parser_.feed(head);
  if (!used) return fail(used.error()), false;
  // What was expected is no promise: all else is handed on as if it had been read in the common way.
  if (body.empty() || parser_.counted_body_left() < body.size() || !transfer_->body().takes_first()) {
    const bool goes_on = consume(*used < head.size() ? head.substr(*used) : body, got.more) && got.more;
    parts_.memory.give_back(body);
    return goes_on;
  }
  parser_.skip_body(body.size());
  if (auto taken = transfer_->body().take_first(body); !taken) return fail(std::move(taken.error())), false;
  if (parser_.is_complete()) return finish_response(got.more ? Rest::unseen : Rest::none), false;
  return got.more;
}

bool Http1Connection::nothing_follows() {
  std::array<char, 1> byte{};
  return stream_->read(byte).status == IoStatus::would_block;
}

void Http1Connection::on_no_bytes(const IoResult& result) {
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

bool Http1Connection::consume(std::string_view input, bool may_have_more) {
  auto used = parser_.feed(input);
  if (!used) return fail(std::move(used.error())), false;
  if (!parser_.is_complete() && transfer_->wants_rest()) return true;
  const bool all_used = parser_.is_complete() && *used == input.size();
  finish_response(!all_used ? Rest::seen : may_have_more ? Rest::unseen : Rest::none);
  return false;
}

void Http1Connection::on_end_of_stream(bool orderly) {
  if (auto ended = parser_.finish(); !ended) return fail(std::move(ended.error()));
  if (!orderly) {
    // RFC 9112 section 9.8: where only the end of the connection ends the body, close_notify must tell that it is
    // whole.
    return fail({.kind = ErrorKind::truncated_body,
                 .phase = Phase::response,
                 .detail = "the connection was closed without TLS close_notify: the body may be cut off"});
  }
  finish_response(Rest::seen);
}

void Http1Connection::finish_response(Rest rest) {
  ActiveTransfer& transfer = *std::exchange(transfer_, nullptr);
  expect_head_like(parser_.head_bytes(), transfer.received_bytes());
  const bool all_sent = state_ == Http1State::awaiting && !request_cut_off_;
  const bool may_be_kept = rest != Rest::seen && all_sent && parser_.keep_alive() && !stream_->has_buffered();
  // Last, for it reads: what there is behind the last response would cost a TLS session its resumption.
  if (may_be_kept && (rest == Rest::none || nothing_follows())) {
    enter(Http1State::idle);
    settle();
  } else {
    discard();
  }
  transfer.on_end({});
}

void Http1Connection::expect_head_like(std::size_t head_bytes, std::uint64_t body_bytes) noexcept {
  // What fits into the shared buffer comes with one call anyway.
  const std::size_t buffer_bytes = parts_.memory.read_buffer().size();
  const bool is_large = body_bytes > buffer_bytes && head_bytes <= buffer_bytes;
  expected_head_bytes_ = is_large && head_bytes == last_head_bytes_ ? head_bytes : 0;
  last_head_bytes_ = is_large ? head_bytes : 0;
}

void Http1Connection::fail(Error error) {
  if (transfer_ == nullptr) return discard();
  ActiveTransfer& transfer = *std::exchange(transfer_, nullptr);
  const Handling handling = parser_.has_begun() ? Handling::answered : Handling::unanswered;
  discard();
  transfer.on_end({.outcome = std::unexpected(std::move(error)), .handling = handling});
}

}  // namespace nbcrawl
