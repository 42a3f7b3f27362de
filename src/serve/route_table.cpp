#include "serve/route_table.hpp"

#include <algorithm>
#include <utility>

#include "serve/redirect.hpp"
#include "serve/request_target.hpp"

namespace nbcrawl {

namespace {

/// GET includes HEAD (RFC 9110 section 9.3.2).
bool allows(const std::vector<std::string>& methods, std::string_view method) {
  const auto has = [&](std::string_view wanted) { return std::ranges::find(methods, wanted) != methods.end(); };
  return has(method) || (method == "HEAD" && has("GET"));
}

std::string allow_value(const std::vector<std::string>& methods) {
  std::string value;
  for (const std::string& method : methods) {
    if (!value.empty()) value += ", ";
    value += method;
    if (method == "GET" && std::ranges::find(methods, "HEAD") == methods.end()) value += ", HEAD";
  }
  return value;
}

}  // namespace

RouteTable::RoutePtr RouteTable::make_route(AnswerHandler handler, std::vector<std::string> methods) {
  return std::make_shared<Route>(Route{.handler = std::move(handler), .methods = std::move(methods)});
}

void RouteTable::add(std::string path, AnswerHandler handler, std::vector<std::string> methods) {
  exact_.insert_or_assign(std::move(path), make_route(std::move(handler), std::move(methods)));
}

void RouteTable::add_prefix(std::string prefix, AnswerHandler handler, std::vector<std::string> methods) {
  std::erase_if(prefixes_, [&](const Prefix& old) { return old.path == prefix; });
  const auto shorter =
      std::ranges::find_if(prefixes_, [&](const Prefix& old) { return old.path.size() < prefix.size(); });
  prefixes_.insert(shorter,
                   Prefix{.path = std::move(prefix), .route = make_route(std::move(handler), std::move(methods))});
}

RouteTable::RoutePtr RouteTable::find(std::string_view path) const {
  if (const auto found = exact_.find(path); found != exact_.end()) return found->second;
  const auto prefix =
      std::ranges::find_if(prefixes_, [&](const Prefix& known) { return path.starts_with(known.path); });
  return prefix == prefixes_.end() ? nullptr : prefix->route;
}

bool RouteTable::redirect_to_prefix(const Request& request, Answer& answer) const {
  const bool known = std::ranges::any_of(prefixes_, [&](const Prefix& prefix) {
    return prefix.path.size() == request.path.size() + 1 && prefix.path.starts_with(request.path);
  });
  if (!known) return false;
  redirect_to_folder(request, answer);
  return true;
}

/// What `OPTIONS *` asks for: the methods that some path has (RFC 9110 section 9.3.7).
void RouteTable::answer_for_all(Answer& answer) const {
  std::vector<std::string> methods;
  const auto add = [&](const Route& route) {
    for (const std::string& method : route.methods) {
      if (std::ranges::find(methods, method) == methods.end()) methods.push_back(method);
    }
  };
  for (const auto& [path, route] : exact_) add(*route);
  for (const Prefix& prefix : prefixes_) add(*prefix.route);
  add({.handler = {}, .methods = {"OPTIONS"}});
  std::ranges::sort(methods);
  answer.status = 204;
  answer.add_field("Allow", allow_value(methods));
}

void RouteTable::answer(Request& request, Answer& answer) {
  if (request.target == "*" && request.method == "OPTIONS") return answer_for_all(answer);
  if (!split_target(request)) {
    answer.fail(400);
    return;
  }
  const RoutePtr route = find(request.path);
  if (route == nullptr) {
    if (!redirect_to_prefix(request, answer)) answer.fail(404);
    return;
  }
  if (!allows(route->methods, request.method)) {
    answer.fail(405);
    answer.add_field("Allow", allow_value(route->methods));
    return;
  }
  try {
    route->handler(request, answer);
  } catch (...) {
    answer.fail(500);  // a handler is the user's code: it fails its own request, nothing else
  }
}

}  // namespace nbcrawl
