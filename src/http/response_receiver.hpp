#pragma once

#include <cstdint>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// What is known of a request whose response failed.
enum class Handling : std::uint8_t {
  answered,    ///< some of the response came
  unanswered,  ///< the server may have acted on it
  untouched,   ///< the server has not: it may be sent again, whatever its method
  unsent,      ///< nor does the server know of it: it has yet to be sent at all
};

/// How the wait for a response ended.
struct ResponseEnd {
  Result<> outcome;
  Handling handling = Handling::answered;
  bool wants_http1 = false;  ///< where it failed: the server asks for HTTP/1.1 (RFC 9113 section 7, HTTP_1_1_REQUIRED)
};

/// Who is told of a response as it arrives. An error value ends the response with that error.
class ResponseReceiver {
 public:
  virtual ~ResponseReceiver() = default;
  /// Status line and fields are complete in the Response passed along with this receiver. `announced_bytes`: of the
  /// body, by Content-Length; 0 where it is not counted.
  virtual Result<> on_head(std::uint64_t announced_bytes) = 0;
  /// Some bytes of the body, transfer coding removed. The view lives for the call.
  virtual Result<> on_body(std::string_view data) = 0;
};

}  // namespace nbcrawl
