#include "http/http2_session.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/require_memory.hpp"

namespace nbcrawl {

namespace {

/// Bytes written ahead of what was sent: enough for one write, and a bound on what floods of requests to us can pile
/// up.
constexpr std::size_t output_bytes = 64 * 1024;
/// Of that memory an idle connection keeps no more.
constexpr std::size_t most_kept_bytes = 16 * 1024;
constexpr std::size_t max_spare_streams = 256;
/// The least that is allowed by whatever limit on heads: some servers cut small ones into several frames.
constexpr std::size_t min_continuations = 8;
constexpr std::size_t frame_bytes = 16 * 1024;  // RFC 9113 section 4.2: what we allow, being the default

/// More than a job can ask for: with HTTP/1.1 there is no limit either.
constexpr std::size_t max_request_head_bytes = 64 * 1024 * 1024;

/// Of calls of nghttp2 that fail for want of memory only.
void require(int status) { require_memory(status == 0); }

std::string_view text(const std::uint8_t* at, std::size_t length) noexcept {
  return {reinterpret_cast<const char*>(at), length};
}

nghttp2_nv pair_of(const Field& field) noexcept {
  const auto bytes = [](std::string_view view) {
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(view.data()));  // nghttp2 only reads it
  };
  return {.name = bytes(field.name),
          .value = bytes(field.value),
          .namelen = field.name.size(),
          .valuelen = field.value.size(),
          .flags = NGHTTP2_NV_FLAG_NONE};
}

/// Of a request that the server says it has not acted on. One that it has begun to answer it has.
Handling disowned(const Http2Stream& stream) noexcept {
  return stream.handling() == Handling::answered ? Handling::answered : Handling::untouched;
}

std::string code_name(std::uint32_t error_code) { return nghttp2_http2_strerror(error_code); }

}  // namespace

/// nghttp2's callbacks: C functions that find their session and stream.
struct Http2Callbacks {
  static Http2Session& self(void* user_data) { return *static_cast<Http2Session*>(user_data); }

  /// Null: nobody waits for what comes on it.
  static Http2Stream* stream_of(nghttp2_session* session, std::int32_t id) {
    auto* stream = static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session, id));
    return stream != nullptr && stream->receiver() != nullptr ? stream : nullptr;
  }

  /// Fields may also be those of a request for which a response is pushed.
  static Http2Stream* of_response(nghttp2_session* session, const nghttp2_frame& frame) {
    return frame.hd.type == NGHTTP2_HEADERS ? stream_of(session, frame.hd.stream_id) : nullptr;
  }

  static int on_begin_frame(nghttp2_session* session, const nghttp2_frame_hd* head, void* user_data) noexcept {
    ++self(user_data).idle_frames_;
    if (head->type != NGHTTP2_DATA && head->type != NGHTTP2_HEADERS) return 0;
    Http2Stream* stream = stream_of(session, head->stream_id);
    if (stream == nullptr) return 0;
    if (head->type == NGHTTP2_DATA) stream->sent_bytes_ += head->length;
    stream->server_is_done_ = (head->flags & NGHTTP2_FLAG_END_STREAM) != 0;
    return 0;
  }
  static int on_header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_length, const std::uint8_t* value, std::size_t value_length,
                       std::uint8_t /*flags*/, void* user_data) noexcept {
    Http2Stream* stream = of_response(session, *frame);
    if (stream == nullptr) return 0;
    if (auto taken = stream->on_field(text(name, name_length), text(value, value_length)); !taken)
      self(user_data).refuse(*stream, std::move(taken.error()));
    return 0;
  }
  /// RFC 9113 section 8.2.1: such a response is malformed. By itself nghttp2 would pass over the field.
  static int on_invalid_header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* /*name*/,
                               std::size_t /*name_length*/, const std::uint8_t* /*value*/, std::size_t /*value_length*/,
                               std::uint8_t /*flags*/, void* user_data) noexcept {
    if (Http2Stream* stream = of_response(session, *frame))
      self(user_data).refuse(*stream,
                             {.kind = ErrorKind::malformed_response,
                              .phase = Phase::response,
                              .detail = "malformed response: a field's name or value has forbidden characters"});
    return 0;
  }
  static int on_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* user_data) noexcept {
    self(user_data).on_frame(*frame);
    return 0;
  }
  static int on_data(nghttp2_session* session, std::uint8_t /*flags*/, std::int32_t id, const std::uint8_t* data,
                     std::size_t length, void* user_data) noexcept {
    require(nghttp2_session_consume_connection(session, length));
    if (Http2Stream* stream = stream_of(session, id)) self(user_data).on_data(*stream, text(data, length));
    return 0;
  }
  static int on_stream_close(nghttp2_session* session, std::int32_t id, std::uint32_t /*error_code*/,
                             void* user_data) noexcept {
    auto* stream = static_cast<Http2Stream*>(nghttp2_session_get_stream_user_data(session, id));
    if (stream != nullptr) self(user_data).on_stream_close(*stream);
    return 0;
  }
  static int on_frame_sent(nghttp2_session* nghttp2, const nghttp2_frame* frame, void* user_data) noexcept {
    Http2Session& session = self(user_data);
    if (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS) session.on_progress();
    if (frame->hd.type == NGHTTP2_HEADERS) {
      if (Http2Stream* stream = stream_of(nghttp2, frame->hd.stream_id)) {
        stream->is_open_ = true;
        ++session.open_;
        stream->receiver()->on_request_begun();
      }
    }
    if (frame->hd.type == NGHTTP2_GOAWAY) session.own_error_code_ = frame->goaway.error_code;
    return 0;
  }
  static ssize_t read_body(nghttp2_session* session, std::int32_t id, std::uint8_t* into, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source* /*source*/, void* /*user_data*/) noexcept {
    Http2Stream* stream = stream_of(session, id);
    if (stream == nullptr) return NGHTTP2_ERR_DEFERRED;  // it is being reset
    const auto got = stream->receiver()->read_request_body({reinterpret_cast<char*>(into), size});
    if (!got) return NGHTTP2_ERR_DEFERRED;
    if (*got == 0) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      stream->request_is_sent_ = true;
    }
    return static_cast<ssize_t>(*got);
  }

  static nghttp2_session_callbacks* make() {
    nghttp2_session_callbacks* table = nullptr;
    require(nghttp2_session_callbacks_new(&table));
    nghttp2_session_callbacks_set_on_begin_frame_callback(table, &on_begin_frame);
    nghttp2_session_callbacks_set_on_header_callback(table, &on_header);
    nghttp2_session_callbacks_set_on_invalid_header_callback(table, &on_invalid_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(table, &on_frame);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(table, &on_data);
    nghttp2_session_callbacks_set_on_stream_close_callback(table, &on_stream_close);
    nghttp2_session_callbacks_set_on_frame_send_callback(table, &on_frame_sent);
    return table;
  }
};

Http2Session::Http2Session(std::size_t max_header_bytes)
    : max_header_bytes_(max_header_bytes), session_(nullptr, nghttp2_session_del) {
  make_session();
  const std::array<nghttp2_settings_entry, 3> settings{
      {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
       {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window_bytes},
       {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE,
        static_cast<std::uint32_t>(std::min<std::size_t>(max_header_bytes, UINT32_MAX))}}};
  require(nghttp2_submit_settings(session_.get(), NGHTTP2_FLAG_NONE, settings.data(), settings.size()));
  require(nghttp2_session_set_local_window_size(session_.get(), NGHTTP2_FLAG_NONE, 0, connection_window_bytes));
}

Http2Session::~Http2Session() = default;

void Http2Session::make_session() {
  const std::unique_ptr<nghttp2_session_callbacks, void (*)(nghttp2_session_callbacks*)> callbacks(
      Http2Callbacks::make(), nghttp2_session_callbacks_del);
  nghttp2_option* made = nullptr;
  require(nghttp2_option_new(&made));
  const std::unique_ptr<nghttp2_option, void (*)(nghttp2_option*)> options(made, nghttp2_option_del);
  // nghttp2 counts each piece in which the head of such a frame, of nine bytes, comes.
  nghttp2_option_set_max_continuations(made, 9 * std::max(min_continuations, max_header_bytes_ / frame_bytes + 1));
  nghttp2_option_set_no_auto_window_update(made, 1);
  nghttp2_option_set_max_send_header_block_length(made, max_request_head_bytes);
  // As with HTTP/1.1, white space around a value is no reason to refuse it: we take it off.
  nghttp2_option_set_no_rfc9113_leading_and_trailing_ws_validation(made, 1);
  nghttp2_session* session = nullptr;
  require(nghttp2_session_client_new2(&session, callbacks.get(), this, made));
  session_.reset(session);
}

bool Http2Session::takes_requests() const noexcept {
  return !over_ && nghttp2_session_check_request_allowed(session_.get()) != 0;
}

void Http2Session::submit(const Fields& head, bool has_body, Response& response, Http2Receiver& receiver) {
  head_.clear();
  for (std::size_t i = 0; i < head.size(); ++i) head_.push_back(pair_of(head[i]));
  const bool is_head = head.get(":method") == "HEAD";
  if (spare_.empty()) spare_.push_back(std::make_unique<Http2Stream>());
  Http2Stream& stream = *spare_.back();
  const nghttp2_data_provider body{.source = {.ptr = nullptr}, .read_callback = &Http2Callbacks::read_body};
  const std::int32_t id =
      nghttp2_submit_request(session_.get(), nullptr, head_.data(), head_.size(), has_body ? &body : nullptr, &stream);
  require(std::min(id, 0));
  stream.start(response, receiver, max_header_bytes_, is_head);
  stream.id_ = id;
  stream.request_is_sent_ = !has_body;
  stream.position_ = streams_.size();
  streams_.push_back(std::move(spare_.back()));
  spare_.pop_back();
  ++active_;
}

void Http2Session::cancel(const Http2Receiver& receiver) {
  const auto at = std::find_if(streams_.begin(), streams_.end(),
                               [&](const auto& stream) { return stream->receiver() == &receiver; });
  if (at == streams_.end()) return cancel_ended(receiver);
  Http2Stream& stream = **at;
  detach(stream);
  --active_;
  reset(stream);
}

/// By another one that is told just now.
void Http2Session::cancel_ended(const Http2Receiver& receiver) {
  const auto at = std::ranges::find(ended_, &receiver, &Ended::receiver);
  if (at == ended_.end()) return;
  at->receiver = nullptr;
  --active_;
}

void Http2Session::reset(const Http2Stream& stream) {
  require(nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream.id_, NGHTTP2_CANCEL));
}

Result<> Http2Session::feed(std::string_view input) {
  idle_bytes_ += input.size();
  const ssize_t read =
      nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
  collect();
  // A breach of the protocol does not fail the call: nghttp2 takes leave, and wants to read no more.
  if (read >= 0 && !is_flooded() && nghttp2_session_want_read(session_.get()) != 0) return {};
  Error error = connection_error(static_cast<int>(std::min<ssize_t>(read, 0)));
  end(error);
  return std::unexpected(std::move(error));
}

Error Http2Session::connection_error(int failed) const {
  Error error{.kind = ErrorKind::malformed_response, .phase = Phase::response};
  if (!heard_settings_) {
    error.detail = "the server does not speak HTTP/2";
  } else if (is_flooded()) {
    error.detail = "HTTP/2: the server sends one frame after another that carries nothing";
  } else if (failed != 0) {
    error.detail = std::string("HTTP/2: ") + nghttp2_strerror(failed);
  } else if (own_error_code_ != NGHTTP2_NO_ERROR) {
    error.detail = "HTTP/2: the server broke the protocol (" + code_name(own_error_code_) + ")";
  } else {
    error.kind = ErrorKind::connection_closed;
    error.detail = "the server ended the HTTP/2 connection";
  }
  return error;
}

void Http2Session::end(const Error& error) {
  over_ = true;
  for (const auto& stream : streams_) {
    if (stream->receiver() != nullptr) leave(*stream, stream->cut_off(error), stream->handling());
  }
  tell_ended();
}

void Http2Session::return_unsent() {
  std::vector<Http2Stream*> unsent;
  for (const auto& stream : streams_) {
    if (stream->receiver() != nullptr && !has_begun(*stream)) unsent.push_back(stream.get());
  }
  std::ranges::sort(unsent, {}, &Http2Stream::id_);
  for (Http2Stream* stream : unsent) {
    reset(*stream);
    finish(*stream,
           {.outcome = std::unexpected(Error{
                .kind = ErrorKind::connection_closed, .phase = Phase::response, .detail = "the request was not sent"}),
            .handling = Handling::unsent});
  }
  tell_ended();
}

std::string_view Http2Session::output() {
  collect();
  if (active_ == 0 && output_.empty() && output_.capacity() > most_kept_bytes) std::string().swap(output_);
  return std::string_view(output_).substr(sent_);
}

void Http2Session::on_sent(std::size_t bytes) {
  sent_ += bytes;
  if (sent_ < output_.size() && sent_ < output_bytes) return;
  output_.erase(0, sent_);
  sent_ = 0;
}

void Http2Session::collect() {
  while (output_.size() - sent_ < output_bytes) {
    const std::uint8_t* at = nullptr;
    const ssize_t length = nghttp2_session_mem_send(session_.get(), &at);
    if (length <= 0) break;  // below 0: no memory, or a flood, which feed() finds out too
    output_.append(text(at, static_cast<std::size_t>(length)));
  }
  tell_ended();
}

bool Http2Session::is_flooded() const noexcept {
  return idle_frames_ > max_idle_frames || idle_bytes_ > max_idle_bytes;
}

void Http2Session::on_progress() noexcept {
  idle_frames_ = 0;
  idle_bytes_ = 0;
}

void Http2Session::on_frame(const nghttp2_frame& frame) {
  switch (frame.hd.type) {
    case NGHTTP2_SETTINGS: heard_settings_ = true; return;
    case NGHTTP2_GOAWAY: return on_goaway(frame.goaway);
    case NGHTTP2_HEADERS:
    case NGHTTP2_DATA:
    case NGHTTP2_RST_STREAM: break;
    default: return;
  }
  Http2Stream* stream = Http2Callbacks::stream_of(session_.get(), frame.hd.stream_id);
  if (stream == nullptr) return;
  const bool is_last = (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
  if (frame.hd.type == NGHTTP2_RST_STREAM) return on_reset(*stream, frame.rst_stream.error_code);
  if (frame.hd.type == NGHTTP2_HEADERS) return on_fields_end(*stream, is_last);
  if (is_last) complete(*stream);
}

void Http2Session::on_fields_end(Http2Stream& stream, bool is_last) {
  on_progress();
  if (auto taken = stream.on_fields_end(); !taken) return refuse(stream, std::move(taken.error()));
  if (stream.receiver() == nullptr) return;  // cancelled
  if (is_last || (stream.has_head() && !stream.receiver()->wants_rest())) complete(stream);
}

void Http2Session::on_data(Http2Stream& stream, std::string_view data) {
  if (!data.empty()) on_progress();
  if (auto taken = stream.receiver()->on_body(data); !taken) return refuse(stream, std::move(taken.error()));
  if (stream.receiver() == nullptr) return;
  if (!stream.receiver()->wants_rest()) return complete(stream);
  open_window(stream, data.size());
}

void Http2Session::open_window(Http2Stream& stream, std::size_t bytes) {
  stream.withheld_bytes_ += bytes;
  if (!stream.receiver()->has_room()) return;
  require(nghttp2_session_consume_stream(session_.get(), stream.id_, std::exchange(stream.withheld_bytes_, 0)));
}

void Http2Session::admit() {
  for (const auto& stream : streams_) {
    if (stream->receiver() != nullptr && stream->withheld_bytes_ > 0) open_window(*stream, 0);
  }
}

void Http2Session::complete(Http2Stream& stream) {
  // The server may answer before it has the whole request, and so may we have enough of its answer (RFC 9113
  // section 8.1).
  if (!stream.request_is_sent_ || !stream.server_is_done_) reset(stream);
  finish(stream, {});
}

void Http2Session::refuse(Http2Stream& stream, Error error) {
  if (stream.receiver() == nullptr) return;  // cancelled
  reset(stream);
  finish(stream, {.outcome = std::unexpected(std::move(error))});
}

void Http2Session::on_reset(Http2Stream& stream, std::uint32_t error_code) {
  // Who asks for a request in another way has not acted on this one.
  const bool wants_http1 = error_code == NGHTTP2_HTTP_1_1_REQUIRED;
  const bool is_refused = error_code == NGHTTP2_REFUSED_STREAM || wants_http1;
  const Handling handling = is_refused ? disowned(stream) : stream.handling();
  Error error{.kind = ErrorKind::stream_reset,
              .phase = Phase::response,
              .detail = "the server reset the stream (" + code_name(error_code) + ")"};
  finish(stream, {.outcome = std::unexpected(std::move(error)), .handling = handling, .wants_http1 = wants_http1});
}

void Http2Session::on_goaway(const nghttp2_goaway& said) {
  goaway_code_ = said.error_code;
  for (const auto& stream : streams_) {
    if (stream->receiver() == nullptr || (stream->id_ <= said.last_stream_id && has_begun(*stream))) continue;
    reset(*stream);
    leave(*stream,
          {.kind = ErrorKind::connection_closed,
           .phase = Phase::response,
           .detail = "the server went away before it saw the request"},
          disowned(*stream));
  }
}

void Http2Session::leave(Http2Stream& stream, Error error, Handling handling) {
  if (goaway_code_ != NGHTTP2_NO_ERROR) error.detail += " (" + code_name(goaway_code_) + ")";
  finish(stream, {.outcome = std::unexpected(std::move(error)),
                  .handling = handling,
                  .wants_http1 = goaway_code_ == NGHTTP2_HTTP_1_1_REQUIRED});
}

void Http2Session::on_stream_close(Http2Stream& stream) {
  if (stream.receiver() != nullptr)
    finish(stream, {.outcome = std::unexpected(stream.malformed()), .handling = stream.handling()});
  std::unique_ptr<Http2Stream> closed = std::move(streams_[stream.position_]);
  if (closed->position_ + 1 != streams_.size()) {
    streams_[closed->position_] = std::move(streams_.back());
    streams_[closed->position_]->position_ = closed->position_;
  }
  streams_.pop_back();
  if (spare_.size() < max_spare_streams) spare_.push_back(std::move(closed));
}

bool Http2Session::has_begun(const Http2Stream& stream) const noexcept {
  // nghttp2 opens a stream when it begins to write its head, which may go out in parts.
  return nghttp2_session_find_stream(session_.get(), stream.id_) != nullptr;
}

Http2Receiver* Http2Session::detach(Http2Stream& stream) noexcept {
  if (stream.is_open_) --open_;
  return stream.detach();
}

void Http2Session::finish(Http2Stream& stream, ResponseEnd end) {
  ended_.push_back({.receiver = detach(stream), .end = std::move(end)});
}

void Http2Session::tell_ended() {
  for (Ended& ended : ended_) {  // no call that they may make ends a stream
    Http2Receiver* receiver = std::exchange(ended.receiver, nullptr);
    if (receiver == nullptr) continue;
    --active_;
    receiver->on_end(std::move(ended.end));
  }
  ended_.clear();
}

}  // namespace nbcrawl
