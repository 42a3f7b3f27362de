#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "serve/answer.hpp"
#include "serve/response_head.hpp"

namespace nbcrawl {

/// Sends one response to a non-blocking socket, as much at a time as the socket takes. What waits to be sent is never
/// more than the head and what the Answer already holds: files go out by sendfile(2), chunk by chunk where chunked.
class ResponseWriter {
 public:
  enum class Progress : std::uint8_t {
    done,
    blocked,  ///< the socket is full
    yielded,  ///< enough for one turn; there is more
    failed,   ///< the client is gone, or the file shrank: the response can't be completed
  };

  /// Begins a response. `answer` must stay in place until it is done; `with_body` is false for HEAD.
  void begin(const Answer& answer, ResponseFraming framing, std::string_view date, bool with_body);

  /// Sends until done, would block, or `turn_bytes` of body went out. SIGPIPE must be ignored or blocked: sendfile(2)
  /// has no MSG_NOSIGNAL.
  Progress write(int socket);

  /// Of the body, without chunk framing.
  [[nodiscard]] std::uint64_t body_bytes_sent() const noexcept { return body_at_; }

  static constexpr std::size_t turn_bytes = 256 * 1024;

 private:
  void next_chunk();
  ssize_t send_memory(int socket, std::uint64_t most);
  ssize_t send_file(int socket, std::uint64_t most);
  void sent_body(std::uint64_t bytes) noexcept;

  const Answer* answer_ = nullptr;
  std::string prefix_;  // the head, or framing, that goes before the next byte of body
  std::size_t prefix_at_ = 0;
  std::uint64_t body_bytes_ = 0;
  std::uint64_t body_at_ = 0;
  std::uint64_t span_left_ = 0;  // of the body, before the next framing
  std::uint64_t chunks_left_ = 0;
  bool framing_due_ = false;  // chunk framing follows the span
};

}  // namespace nbcrawl
