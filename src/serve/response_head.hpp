#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "serve/answer.hpp"

namespace nbcrawl {

/// The phrase of RFC 9110 section 15 and RFC 6585; "Unknown" for a status that has none. Static storage.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

/// The current time as Date wants it (RFC 9110 section 5.6.7), written anew once a second. Not thread-safe.
class HttpDate {
 public:
  /// The view lives until the next call.
  [[nodiscard]] std::string_view at(std::time_t seconds);

 private:
  std::time_t seconds_ = -1;
  std::string text_;
};

/// What a head must say about the connection and the body that follows.
struct ResponseFraming {
  bool http_1_0 = false;  ///< the request's version
  bool keep_alive = true;
  bool chunked = false;
};

/// How this answer is framed: chunked only where the client knows chunks and there is a body to cut.
[[nodiscard]] ResponseFraming choose_framing(const Answer& answer, bool http_1_0, bool keep_alive) noexcept;

/// Whether a response of this status has no content (RFC 9110 sections 15.2, 15.3.5, 15.3.6 and 15.4.5).
[[nodiscard]] bool has_no_content(int status) noexcept;

/// Whether the server alone says what stands in this field: about the message, its content or the connection.
[[nodiscard]] bool is_reserved_field(std::string_view name) noexcept;

/// Appends the status line, the fields and the empty line. The version is always HTTP/1.1 (RFC 9110 section 2.5).
void append_head(std::string& out, const Answer& answer, ResponseFraming framing, std::string_view date);

}  // namespace nbcrawl
