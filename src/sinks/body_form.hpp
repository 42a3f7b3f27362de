#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace nbcrawl {

/// How a record holds the job's result (--body).
enum class BodyForm : std::uint8_t {
  automatic,  ///< as text where it is UTF-8, else in base64
  none,       ///< left out
  text,       ///< as text, with U+FFFD for what is not UTF-8
  base64,     ///< in base64
};

/// What --body calls each.
using NamedBodyForm = std::pair<std::string_view, BodyForm>;
inline constexpr std::array<NamedBodyForm, 4> body_forms = {
    {{"auto", BodyForm::automatic}, {"none", BodyForm::none}, {"text", BodyForm::text}, {"base64", BodyForm::base64}}};
[[nodiscard]] std::string_view name_of(BodyForm form) noexcept;

/// Whether a result of these bytes is held as text; else it is held in base64, or left out.
[[nodiscard]] bool is_text(BodyForm form, std::string_view bytes) noexcept;

}  // namespace nbcrawl
