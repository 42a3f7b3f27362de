#pragma once

#include <string_view>

namespace nbcrawl {

/// The media type that a file name's extension stands for, or application/octet-stream. No charset is claimed: the
/// page itself may say. Static storage.
[[nodiscard]] std::string_view media_type_of(std::string_view file_name) noexcept;

}  // namespace nbcrawl
