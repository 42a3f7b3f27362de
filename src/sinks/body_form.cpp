#include "sinks/body_form.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "base/utf8.hpp"

namespace nbcrawl {

namespace {

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    std::uint64_t bytes = 0;
    if (text.size() >= sizeof bytes) {  // most text is ASCII: eight bytes at a time
      std::memcpy(&bytes, text.data(), sizeof bytes);
      if ((bytes & 0x8080808080808080) == 0) {
        text.remove_prefix(sizeof bytes);
        continue;
      }
    }
    const CodePoint point = next_code_point(text);
    if (!point.valid) return false;
    text.remove_prefix(point.size);
  }
  return true;
}

}  // namespace

std::string_view name_of(BodyForm form) noexcept {
  return std::ranges::find(body_forms, form, &NamedBodyForm::second)->first;
}

bool is_text(BodyForm form, std::string_view bytes) noexcept {
  return form == BodyForm::text || (form == BodyForm::automatic && is_utf8(bytes));
}

}  // namespace nbcrawl
