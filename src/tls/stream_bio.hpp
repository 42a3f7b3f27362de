#pragma once

#include <openssl/bio.h>

#include "net/stream.hpp"

namespace nbcrawl {

/// What OpenSSL reads from and writes to: a stream of ours, so that no SIGPIPE arises, and no more than `budget` bytes
/// at a call. OpenSSL swallows some records without returning, a peer that sends those for ever would hold the loop.
struct StreamBio {
  Stream& stream;
  std::size_t budget = 0;  ///< bytes that may still be read; then it would block, though the descriptor stays readable
  IoResult last_read{};
  IoResult last_write{};
};

/// `state` must stay in place as long as the BIO. Null: out of memory.
BIO* make_stream_bio(StreamBio& state);

}  // namespace nbcrawl
