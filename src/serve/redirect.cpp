#include "serve/redirect.hpp"

#include <string>

#include "serve/request_target.hpp"

namespace nbcrawl {

void redirect_to_folder(const Request& request, Answer& answer) {
  std::string location = encode_path(request.path) + "/";
  // "//host/" would lead to another host.
  if (location.starts_with("//")) {
    answer.fail(404);
    return;
  }
  if (!request.query.empty()) location.append("?").append(request.query);
  answer.fail(301);
  answer.add_field("Location", location);
}

}  // namespace nbcrawl
