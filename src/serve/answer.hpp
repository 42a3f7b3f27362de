#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "nbcrawl/request.hpp"

namespace nbcrawl {

/// What a route answers with: its handler fills it in, the client's connection sends it. Reused from request to
/// request. The body is one of `file`, `borrowed` and `body`, in this order.
struct Answer {
  int status = 200;
  std::string field_lines;  ///< complete lines with their CR LF; framing, Connection and Date are added when it is sent
  std::string body;
  std::string_view borrowed;  ///< outlives every route: it lives until the answer is sent, though its route may be
                              ///< replaced meanwhile
  UniqueFd file;              ///< a regular file, sent from its start
  std::uint64_t file_bytes = 0;
  milliseconds delay{0};   ///< before the response begins
  std::size_t chunks = 0;  ///< send in so many chunks; 0: with Content-Length
  bool close = false;      ///< close the connection afterwards

  [[nodiscard]] std::string_view memory() const noexcept {
    return borrowed.empty() ? std::string_view(body) : borrowed;
  }
  [[nodiscard]] std::uint64_t body_bytes() const noexcept { return file ? file_bytes : memory().size(); }

  /// Both must be valid (is_token, is_field_value).
  void add_field(std::string_view name, std::string_view value);
  /// Becomes a plain-text page that names the status, with no other fields.
  void fail(int error_status);
  /// Back to an empty 200; memory is kept.
  void reset() noexcept;
};

/// Fills in the answer to a request. One thread.
using AnswerHandler = std::move_only_function<void(const Request&, Answer&)>;

}  // namespace nbcrawl
