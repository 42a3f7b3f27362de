#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "serve/answer.hpp"

namespace nbcrawl {

/// Which handler answers which path. A path that ends nowhere gets 404.
class RouteTable {
 public:
  /// Answers this very path. A path that has a route already gets the new one.
  void add(std::string path, AnswerHandler handler, std::vector<std::string> methods = {"GET"});

  /// Answers every path that begins with `prefix`, which ends in "/"; the longest prefix wins, and an exact route over
  /// it. The path without that last "/" is redirected (301).
  void add_prefix(std::string prefix, AnswerHandler handler, std::vector<std::string> methods = {"GET"});

  /// Answers a request whose target has not been split yet. Whatever happens, there is an answer: 400, 404, 405 and,
  /// for a handler that throws, 500. `OPTIONS *` gets the methods of all routes.
  void answer(Request& request, Answer& answer);

 private:
  struct Route {
    AnswerHandler handler;
    std::vector<std::string> methods;
  };
  /// Shared with the call of its handler, which may put another one in its place.
  using RoutePtr = std::shared_ptr<Route>;
  struct Prefix {
    std::string path;
    RoutePtr route;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
  };

  static RoutePtr make_route(AnswerHandler handler, std::vector<std::string> methods);
  [[nodiscard]] RoutePtr find(std::string_view path) const;
  void answer_for_all(Answer& answer) const;
  bool redirect_to_prefix(const Request& request, Answer& answer) const;

  std::unordered_map<std::string, RoutePtr, Hash, std::equal_to<>> exact_;
  std::vector<Prefix> prefixes_;  // the longest first
};

}  // namespace nbcrawl
