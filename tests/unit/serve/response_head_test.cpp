#include "serve/response_head.hpp"

#include <string>

#include "catch2_shim.hpp"

using namespace nbcrawl;

namespace {

std::string head(const Answer& answer, bool http_1_0, bool keep_alive) {
  std::string out;
  append_head(out, answer, choose_framing(answer, http_1_0, keep_alive), "Sun, 06 Nov 1994 08:49:37 GMT");
  return out;
}

}  // namespace

TEST_CASE("a date is written as RFC 9110 wants it") {
  HttpDate date;
  CHECK(date.at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date.at(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(date.at(1709164800) == "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST_CASE("a head says how long the body is and what becomes of the connection") {
  Answer answer;
  answer.body = "hello";
  answer.add_field("X-A", "b");
  CHECK(head(answer, false, true) ==
        "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-A: b\r\nContent-Length: 5\r\n\r\n");
  CHECK(head(answer, false, false).ends_with("Content-Length: 5\r\nConnection: close\r\n\r\n"));
  CHECK(head(answer, true, true).ends_with("Content-Length: 5\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_CASE("chunks are only for clients that know them") {
  Answer answer;
  answer.body = "hello";
  answer.chunks = 2;
  CHECK(head(answer, false, true).ends_with("Transfer-Encoding: chunked\r\n\r\n"));
  CHECK(head(answer, true, false).ends_with("Content-Length: 5\r\nConnection: close\r\n\r\n"));
}

TEST_CASE("205 says that nothing follows") {
  Answer answer;
  answer.status = 205;
  answer.body = "hello";
  answer.chunks = 3;
  CHECK(head(answer, false, true).ends_with("GMT\r\nContent-Length: 0\r\n\r\n"));
}

TEST_CASE("204 and 304 have no length") {
  Answer answer;
  answer.chunks = 3;
  for (const int status : {204, 304}) {
    answer.status = status;
    CHECK(head(answer, false, true).ends_with("GMT\r\n\r\n"));
  }
}
