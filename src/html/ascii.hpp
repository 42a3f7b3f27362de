#pragma once

#include "base/ascii.hpp"

/// ASCII as the tokenizer sees it (Infra standard, section 4.6).
namespace nbcrawl::html {

constexpr bool is_whitespace(char c) noexcept { return c == ' ' || c == '\n' || c == '\t' || c == '\f' || c == '\r'; }

}  // namespace nbcrawl::html
