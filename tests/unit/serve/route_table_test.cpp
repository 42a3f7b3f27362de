#include "serve/route_table.hpp"

#include <stdexcept>
#include <string>

#include "catch2_shim.hpp"

using namespace nbcrawl;

namespace {

AnswerHandler saying(std::string text) {
  return [text = std::move(text)](const Request& request, Answer& answer) { answer.body = text + " " + request.path; };
}

Answer ask(RouteTable& routes, const std::string& target, const std::string& method = "GET") {
  Request request;
  request.method = method;
  request.target = target;
  Answer answer;
  routes.answer(request, answer);
  return answer;
}

}  // namespace

TEST_CASE("a path leads to its handler and to no other") {
  RouteTable routes;
  routes.add("/f1", saying("f1"));
  routes.add("/f2", saying("f2"));
  CHECK(ask(routes, "/f1").body == "f1 /f1");
  CHECK(ask(routes, "/f2?x").body == "f2 /f2");
  CHECK(ask(routes, "/%66%31").body == "f1 /f1");
  for (const char* target : {"/", "/f", "/f1/", "/f11", "/F1", "//f1"}) {
    CAPTURE(target);
    CHECK(ask(routes, target).status == 404);
  }
}

TEST_CASE("a later route for the same path replaces the earlier") {
  RouteTable routes;
  routes.add("/a", saying("old"));
  routes.add("/a", saying("new"));
  routes.add_prefix("/b/", saying("old"));
  routes.add_prefix("/b/", saying("new"));
  CHECK(ask(routes, "/a").body == "new /a");
  CHECK(ask(routes, "/b/x").body == "new /b/x");
}

TEST_CASE("a handler may put another one in its place") {
  RouteTable routes;
  const std::string long_text(100, 'x');  // on the heap: it goes with the handler that holds it
  const auto once = [&routes, long_text](const std::string& path) -> AnswerHandler {
    return [&routes, long_text, path](const Request& request, Answer& answer) {
      path.ends_with('/') ? routes.add_prefix(path, saying("new")) : routes.add(path, saying("new"));
      answer.body = long_text + request.path;
    };
  };
  routes.add("/a", once("/a"));
  routes.add_prefix("/b/", once("/b/"));
  CHECK(ask(routes, "/a").body == long_text + "/a");
  CHECK(ask(routes, "/a").body == "new /a");
  CHECK(ask(routes, "/b/c").body == long_text + "/b/c");
  CHECK(ask(routes, "/b/c").body == "new /b/c");
}

TEST_CASE("the longest prefix wins, and an exact path over it") {
  RouteTable routes;
  routes.add_prefix("/", saying("root"));
  routes.add_prefix("/docs/deep/", saying("deep"));
  routes.add_prefix("/docs/", saying("docs"));
  routes.add("/docs/deep/x", saying("exact"));
  CHECK(ask(routes, "/").body == "root /");
  CHECK(ask(routes, "/docs/a").body == "docs /docs/a");
  CHECK(ask(routes, "/docs/deep/a").body == "deep /docs/deep/a");
  CHECK(ask(routes, "/docs/deep/x").body == "exact /docs/deep/x");
}

TEST_CASE("a prefix without its slash is redirected to, with the query") {
  RouteTable routes;
  routes.add_prefix("/a b/", saying("x"));
  const Answer answer = ask(routes, "/a%20b?q=1");
  CHECK(answer.status == 301);
  CHECK(answer.field_lines.find("Location: /a%20b/?q=1\r\n") != std::string::npos);
}

TEST_CASE("other methods than a route's get 405 with Allow, and GET includes HEAD") {
  RouteTable routes;
  routes.add("/get", saying("get"));
  routes.add("/post", saying("post"), {"POST", "PUT"});
  routes.add("/both", saying("both"), {"GET", "POST"});
  CHECK(ask(routes, "/get", "HEAD").status == 200);
  CHECK(ask(routes, "/post", "PUT").status == 200);
  CHECK(ask(routes, "/post", "HEAD").status == 405);
  CHECK(ask(routes, "/get", "POST").field_lines.find("Allow: GET, HEAD\r\n") != std::string::npos);
  CHECK(ask(routes, "/post").field_lines.find("Allow: POST, PUT\r\n") != std::string::npos);
  CHECK(ask(routes, "/both", "DELETE").field_lines.find("Allow: GET, HEAD, POST\r\n") != std::string::npos);
}

TEST_CASE("OPTIONS * gets the methods that some path has") {
  RouteTable routes;
  CHECK(ask(routes, "*", "OPTIONS").field_lines == "Allow: OPTIONS\r\n");
  routes.add("/post", saying("post"), {"POST"});
  routes.add("/get", saying("get"));
  routes.add_prefix("/put/", saying("put"), {"PUT", "GET"});
  const Answer answer = ask(routes, "*", "OPTIONS");
  CHECK(answer.status == 204);
  CHECK(answer.field_lines == "Allow: GET, HEAD, OPTIONS, POST, PUT\r\n");
  CHECK(answer.body.empty());
}

TEST_CASE("a target that is not a path gets 400") {
  RouteTable routes;
  routes.add_prefix("/", saying("root"));
  CHECK(ask(routes, "*").status == 400);
  CHECK(ask(routes, "/%zz").status == 400);
}

TEST_CASE("a handler that throws fails its own request and leaves nothing of it behind") {
  RouteTable routes;
  routes.add("/throws", [](const Request&, Answer& answer) {
    answer.body = "half a page";
    answer.add_field("X-Half", "yes");
    throw std::runtime_error("broken");
  });
  const Answer answer = ask(routes, "/throws");
  CHECK(answer.status == 500);
  CHECK(answer.body == "500 Internal Server Error\n");
  CHECK(answer.field_lines.find("X-Half") == std::string::npos);
}
