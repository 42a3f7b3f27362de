#include "fetch/http2_connection.hpp"

#include <utility>

namespace nbcrawl {

namespace {

Error closed_error() {
  return {.kind = ErrorKind::connection_closed,
          .phase = Phase::response,
          .detail = "the server closed the connection without a response"};
}

}  // namespace

Http2Connection::Http2Connection(const FetchParts& parts, Owner& owner, Connected connected)
    : Connection(parts, owner, std::move(connected)),
      session_(parts.options.limits.max_header_bytes),
      busy_(parts.loop, parts.pause),
      heard_at_(parts.loop.now()),
      flush_(parts.loop.timers(), [this] { flush(); }) {}

void Http2Connection::carry(ActiveTransfer& transfer) {
  const RequestHead& request = transfer.request();
  head_.clear();
  parts_.request_writer.write_head(head_, request);
  transfer.hold(busy_);
  session_.submit(head_, request.body_bytes.value_or(0) > 0, transfer.response(), transfer);
  flush_.arm(parts_.loop.now());
  settle();  // more may be carried beside it
}

void Http2Connection::on_failing(const ActiveTransfer& transfer) {
  const TimePoint now = parts_.loop.now();
  if (now - heard_at_ <= (now - transfer.started()) / 2) return;
  is_doubtful_ = true;
  // Where no stream is in use, time has gone on for those that wait too: they end by their own.
  if (session_.open() > 0) session_.return_unsent();
}

void Http2Connection::abandon(ActiveTransfer& transfer) {
  session_.cancel(transfer);
  flush_.arm(parts_.loop.now());
  settle();
}

void Http2Connection::on_room() {
  session_.admit();
  flush_.arm(parts_.loop.now());
}

void Http2Connection::on_ready(bool /*readable*/, bool /*writable*/) {
  read();
  write();
  settle();
}

void Http2Connection::read() {
  std::size_t turns = bytes_per_turn / parts_.memory.read_buffer().size();
  // What the stream holds already must be read now: the loop would not tell of it.
  while (stream_ != nullptr && (turns > 0 || stream_->has_buffered()) && !must_rest() && read_some()) {
    if (turns > 0) --turns;
  }
}

bool Http2Connection::read_some() {
  const std::span<char> buffer = parts_.memory.read_buffer();
  const IoResult got = stream_->read(buffer);
  switch (got.status) {
    case IoStatus::ok: break;
    case IoStatus::would_block: return false;
    case IoStatus::closed:
    case IoStatus::truncated: fail(write_error_.value_or(closed_error())); return false;
    case IoStatus::failed: fail(stream_->failure(got)); return false;
  }
  heard_at_ = parts_.loop.now();
  if (auto fed = session_.feed({buffer.data(), got.bytes}); !fed) {
    take_leave();
    discard();  // its transfers know
    return false;
  }
  return got.more;
}

void Http2Connection::take_leave() {
  if (stream_ == nullptr) return;
  const auto goaway = session_.output();
  if (!has_more_to_write_ && !goaway.empty()) static_cast<void>(stream_->write(goaway));
}

void Http2Connection::flush() {
  if (stream_ == nullptr) return;
  if (stream_->has_buffered()) read();  // what came with the handshake: no readiness tells of it
  write();
  settle();
}

void Http2Connection::write() {
  if (stream_ == nullptr) return;
  flush_.disarm();
  has_more_to_write_ = false;
  std::size_t in_this_turn = 0;
  while (!has_more_to_write_) {
    const auto out = session_.output();
    busy_.set_busy(session_.open() > 0);
    if (stream_ == nullptr) return;  // the end of a stream, told meanwhile, ended the run
    if (out.empty()) break;
    const IoResult written = stream_->write(out);
    if (written.status != IoStatus::ok && written.status != IoStatus::would_block) {
      write_error_ = stream_->failure(written);
      read();  // it may have said what requests it leaves untouched
      fail(*write_error_);
      return;
    }
    session_.on_sent(written.bytes);
    in_this_turn += written.bytes;
    has_more_to_write_ = written.status == IoStatus::would_block || in_this_turn >= bytes_per_turn;
  }
  update_interest();
}

void Http2Connection::fail(Error error) {
  session_.end(error);
  discard();
}

}  // namespace nbcrawl
