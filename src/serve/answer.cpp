#include "serve/answer.hpp"

#include "serve/response_head.hpp"

namespace nbcrawl {

void Answer::add_field(std::string_view name, std::string_view value) {
  field_lines.append(name).append(": ").append(value).append("\r\n");
}

void Answer::fail(int error_status) {
  const bool closes = close;
  reset();
  close = closes;
  status = error_status;
  add_field("Content-Type", "text/plain; charset=utf-8");
  body.append(std::to_string(error_status)).append(" ").append(reason_phrase(error_status)).append("\n");
}

void Answer::reset() noexcept {
  status = 200;
  field_lines.clear();
  body.clear();
  borrowed = {};
  file.reset();
  file_bytes = 0;
  delay = milliseconds{0};
  chunks = 0;
  close = false;
}

}  // namespace nbcrawl
