#pragma once

#include <string_view>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// Whether each part of a list that commas separate is the address of a name server: IP[:PORT], an IPv6 address that
/// has a port in brackets. c-ares takes more, and makes something of it. Error: invalid_job, naming the part.
[[nodiscard]] Result<> check_name_servers(std::string_view list);

}  // namespace nbcrawl
