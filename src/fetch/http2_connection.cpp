#include "fetch/http2_connection.hpp"

#include <utility>

#include "fetch/fetcher.hpp"

namespace nbcrawl {

namespace {

Error closed_error() {
  return {.kind = ErrorKind::connection_closed,
          .phase = Phase::response,
          .detail = "the server closed the connection without a response"};
}

}  // namespace

Http2Connection::Http2Connection(Fetcher& fetcher, Destination& destination, Connected connected)
    : Connection(fetcher, destination, std::move(connected)),
      session_(fetcher.options_.limits.max_header_bytes),
      heard_at_(fetcher.loop_.now()),
      flush_(fetcher.loop_.timers(), [this] { flush(); }) {}

Result<> Http2Connection::carry(Transfer& transfer) {
  auto request = fetcher_.request_of(transfer);
  if (!request) return std::unexpected(std::move(request.error()));
  Fields& head = fetcher_.http2_head_;
  head.clear();
  if (auto written = fetcher_.request_writer_.write_head(head, *request); !written) return written;
  begin(transfer);
  transfer.stream_ = &session_.submit(head, request->body_bytes.value_or(0) > 0, transfer.response_, transfer);
  flush_.arm(fetcher_.loop_.now());
  return {};
}

void Http2Connection::abandon(Transfer& transfer) {
  const TimePoint now = fetcher_.loop_.now();
  if (now - heard_at_ > (now - transfer.hop_started_) / 2) is_doubtful_ = true;
  session_.cancel(*std::exchange(transfer.stream_, nullptr));
  flush_.arm(fetcher_.loop_.now());
  settle();
}

void Http2Connection::settle() {
  if (stream_ == nullptr) return;
  if (is_idle() && !takes_more()) return fetcher_.pool_.discard(*this);
  fetcher_.pool_.settle(*this);
}

void Http2Connection::on_ready(bool /*readable*/, bool /*writable*/) {
  read();
  write();
  settle();
}

void Http2Connection::read() {
  std::size_t turns = bytes_per_turn / fetcher_.read_buffer_.size();
  // What the stream holds already must be read now: the loop would not tell of it.
  while (stream_ != nullptr && (turns > 0 || stream_->has_buffered()) && !must_rest() && read_some()) {
    if (turns > 0) --turns;
  }
}

bool Http2Connection::read_some() {
  std::vector<char>& buffer = fetcher_.read_buffer_;
  const IoResult got = stream_->read(buffer);
  switch (got.status) {
    case IoStatus::ok: break;
    case IoStatus::would_block: return false;
    case IoStatus::closed:
    case IoStatus::truncated: fail(write_error_.value_or(closed_error())); return false;
    case IoStatus::failed: fail(stream_->failure(got)); return false;
  }
  heard_at_ = fetcher_.loop_.now();
  if (auto fed = session_.feed({buffer.data(), got.bytes}); !fed) {
    if (stream_ == nullptr) return false;
    take_leave();
    fetcher_.pool_.discard(*this);  // its transfers know
    return false;
  }
  return got.more;
}

void Http2Connection::take_leave() {
  const auto goaway = session_.output();
  if (!write_blocked_ && !goaway.empty()) static_cast<void>(stream_->write(goaway));
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
  write_blocked_ = false;
  while (true) {
    const auto out = session_.output();
    if (stream_ == nullptr) return;  // the end of a stream, told meanwhile, ended the run
    if (out.empty()) break;
    const IoResult written = stream_->write(out);
    if (written.status == IoStatus::would_block) {
      write_blocked_ = true;
      break;
    }
    if (written.status != IoStatus::ok) {
      write_error_ = stream_->failure(written);
      read();  // it may have said what requests it leaves untouched
      if (stream_ != nullptr) fail(*write_error_);
      return;
    }
    session_.on_sent(written.bytes);
  }
  update_interest();
}

void Http2Connection::fail(Error error) {
  session_.end(error);
  if (stream_ != nullptr) fetcher_.pool_.discard(*this);
}

}  // namespace nbcrawl
