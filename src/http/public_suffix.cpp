#include "http/public_suffix.hpp"

#include <libpsl.h>

#include <string>

namespace nbcrawl {

bool is_public_suffix(std::string_view domain) {
  const psl_ctx_t* const list = psl_builtin();
  // A libpsl without its list knows nothing: then no cookie is shared by two hosts.
  return list == nullptr || psl_is_public_suffix(list, std::string(domain).c_str()) != 0;
}

}  // namespace nbcrawl
