#pragma once

#include <cstdint>
#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// How a record holds the job's result (--body).
enum class BodyForm : std::uint8_t {
  automatic,  ///< as text where it is UTF-8, else in base64
  none,       ///< left out
  text,       ///< as text, with U+FFFD for what is not UTF-8
  base64,     ///< in base64
};

/// The form of that name: "auto", "none", "text" or "base64". Error: invalid_job, a sentence for the user.
Result<BodyForm> parse_body_form(std::string_view name);

/// Whether a result of these bytes is held as text; else it is held in base64, or left out.
[[nodiscard]] bool is_text(BodyForm form, std::string_view bytes) noexcept;

}  // namespace nbcrawl
