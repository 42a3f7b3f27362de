#pragma once

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fuzz_input.hpp"

// The server's end of one HTTP/2 connection, on bytes alone.
namespace nbcrawl {

class FakeHttp2 {
 public:
  struct Request {
    std::int32_t stream = 0;
    std::string method;
    std::string path;
  };
  using OnRequest = std::function<void(const Request&)>;
  using FieldList = std::vector<std::pair<std::string, std::string>>;

  explicit FakeHttp2(OnRequest on_request) : on_request_(std::move(on_request)) {
    nghttp2_session_callbacks* callbacks = nullptr;
    require(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session* session = nullptr;
    require(nghttp2_session_server_new(&session, callbacks, this) == 0);
    nghttp2_session_callbacks_del(callbacks);
    session_.reset(session);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
  }

  /// Takes what came, has each request that is whole answered, and returns what is to be sent.
  std::string receive(std::string_view bytes) {
    const auto taken =
        nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    require(std::cmp_equal(taken, bytes.size()));  // the client says nothing but good HTTP/2
    std::string out;
    for (;;) {
      const std::uint8_t* data = nullptr;
      const auto size = nghttp2_session_mem_send(session_.get(), &data);
      require(size >= 0);
      if (size == 0) return out;
      out.append(reinterpret_cast<const char*>(data), static_cast<std::size_t>(size));
    }
  }

  void respond(std::int32_t stream, int status, FieldList fields, std::string body) {
    fields.emplace(fields.begin(), ":status", std::to_string(status));
    std::vector<nghttp2_nv> head;
    for (auto& [name, value] : fields) {
      head.push_back({.name = reinterpret_cast<std::uint8_t*>(name.data()),
                      .value = reinterpret_cast<std::uint8_t*>(value.data()),
                      .namelen = name.size(),
                      .valuelen = value.size(),
                      .flags = NGHTTP2_NV_FLAG_NONE});
    }
    left_[stream] = std::move(body);
    nghttp2_data_provider provider{.source = {.ptr = this}, .read_callback = read_body};
    nghttp2_submit_response(session_.get(), stream, head.data(), head.size(), &provider);
  }
  void reset(std::int32_t stream, std::uint32_t code) {
    nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, stream, code);
  }
  /// No stream from this one on is acted on: what the client has sent there it may send again elsewhere (RFC 9113
  /// section 6.8). That can't be said any more once a later one was answered; then this one alone is refused.
  void go_away_before(std::int32_t stream) {
    if (newest_ > stream) return reset(stream, NGHTTP2_REFUSED_STREAM);
    last_ = std::max(stream - 2, 0);
    nghttp2_submit_goaway(session_.get(), NGHTTP2_FLAG_NONE, last_, NGHTTP2_NO_ERROR, nullptr, 0);
  }

 private:
  static int on_header(nghttp2_session* /*session*/, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t /*flags*/,
                       void* self) {
    Request& request = static_cast<FakeHttp2*>(self)->requests_[frame->hd.stream_id];
    const std::string_view field(reinterpret_cast<const char*>(name), name_size);
    const std::string text(reinterpret_cast<const char*>(value), value_size);
    if (field == ":method") request.method = text;
    if (field == ":path") request.path = text;
    return 0;
  }
  static int on_frame(nghttp2_session* /*session*/, const nghttp2_frame* frame, void* self) {
    const bool ends = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (!ends || (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)) return 0;
    auto* const server = static_cast<FakeHttp2*>(self);
    auto request = server->requests_.extract(frame->hd.stream_id);
    if (request.key() > server->last_) return 0;
    request.mapped().stream = request.key();
    server->newest_ = std::max(server->newest_, request.key());
    server->on_request_(request.mapped());
    return 0;
  }
  static ssize_t read_body(nghttp2_session* /*session*/, std::int32_t stream, std::uint8_t* into, std::size_t room,
                           std::uint32_t* flags, nghttp2_data_source* source, void* /*self*/) {
    std::string& left = static_cast<FakeHttp2*>(source->ptr)->left_[stream];
    const std::size_t size = std::min(room, left.size());
    std::memcpy(into, left.data(), size);
    left.erase(0, size);
    if (left.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }

  struct Delete {
    void operator()(nghttp2_session* session) const noexcept { nghttp2_session_del(session); }
  };
  OnRequest on_request_;
  std::int32_t newest_ = 0;                                       // whose request came whole
  std::int32_t last_ = std::numeric_limits<std::int32_t>::max();  // that is acted on
  std::map<std::int32_t, Request> requests_;                      // that are not whole
  std::map<std::int32_t, std::string> left_;                      // of the bodies of answers
  std::unique_ptr<nghttp2_session, Delete> session_;
};

}  // namespace nbcrawl
