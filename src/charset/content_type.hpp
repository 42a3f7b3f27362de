#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nbcrawl {

/// The value of the first charset parameter of a Content-Type field (RFC 9110 section 8.3.1), unquoted. As in the MIME
/// Sniffing standard (section 4.4) broken neighbours are skipped; white space around "=" is let pass, because servers
/// send it. Nothing where there is no such parameter or its value is empty.
[[nodiscard]] std::optional<std::string> charset_parameter(std::string_view content_type);

}  // namespace nbcrawl
