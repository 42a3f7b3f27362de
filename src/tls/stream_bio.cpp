#include "tls/stream_bio.hpp"

#include <algorithm>

namespace nbcrawl {

namespace {

StreamBio& state_of(BIO* bio) noexcept { return *static_cast<StreamBio*>(BIO_get_data(bio)); }

int read_stream(BIO* bio, char* into, std::size_t size, std::size_t* got) noexcept {
  StreamBio& state = state_of(bio);
  BIO_clear_retry_flags(bio);
  *got = 0;
  state.last_read = {.status = IoStatus::would_block};
  if (state.budget > 0) state.last_read = state.stream.read({into, std::min(size, state.budget)});
  if (state.last_read.status == IoStatus::would_block) BIO_set_retry_read(bio);
  if (state.last_read.status != IoStatus::ok) return 0;
  state.budget -= state.last_read.bytes;
  *got = state.last_read.bytes;
  return 1;
}

int write_stream(BIO* bio, const char* from, std::size_t size, std::size_t* sent) noexcept {
  StreamBio& state = state_of(bio);
  BIO_clear_retry_flags(bio);
  *sent = 0;
  state.last_write = state.stream.write({from, size});
  if (state.last_write.status == IoStatus::would_block) BIO_set_retry_write(bio);
  if (state.last_write.status != IoStatus::ok) return 0;
  *sent = state.last_write.bytes;
  return 1;
}

long control(BIO* bio, int command, long /*number*/, void* /*pointer*/) noexcept {
  switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_EOF: return state_of(bio).last_read.status == IoStatus::closed ? 1 : 0;
    default: return 0;
  }
}

BIO_METHOD* make_method() noexcept {
  BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "nbcrawl stream");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read_ex(method, read_stream);
  BIO_meth_set_write_ex(method, write_stream);
  BIO_meth_set_ctrl(method, control);
  return method;
}

}  // namespace

BIO* make_stream_bio(StreamBio& state) {
  // A constant table, never freed: BIOs in whatever thread may outlive anything that could own it.
  static BIO_METHOD* const method = make_method();
  BIO* bio = method != nullptr ? BIO_new(method) : nullptr;
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, &state);
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace nbcrawl
