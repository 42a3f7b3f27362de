#pragma once

#include <string_view>

namespace nbcrawl {

/// Whether everybody may register names below this one, as "com", "co.uk" and "github.io": no cookie is shared there.
/// After the Mozilla list that libpsl was built with (https://publicsuffix.org/); a top-level name that it does not
/// know is one. `domain` is in lower case and ASCII.
[[nodiscard]] bool is_public_suffix(std::string_view domain);

}  // namespace nbcrawl
