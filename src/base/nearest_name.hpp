#pragma once

#include <span>
#include <string_view>

namespace nbcrawl {

/// The name that somebody who wrote `written` most likely meant: the one with the least edit distance (insertions,
/// deletions, substitutions and swaps of neighbours), the first of them where several are as near. Empty where none is
/// near: at most a third of the longer name's letters may be wrong. One of `known`, whose bytes it views.
std::string_view nearest_name(std::string_view written, std::span<const std::string_view> known) noexcept;

}  // namespace nbcrawl
