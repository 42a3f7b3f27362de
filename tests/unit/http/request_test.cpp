#include "http/request.hpp"

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

const Url home = *Url::parse("http://h/");

std::string head_of(const RequestWriter& writer, std::string_view url, const JobOptions* options = nullptr,
                    std::optional<std::uint64_t> body = {}) {
  std::string out;
  const Url parsed = *Url::parse(url);
  REQUIRE(writer.write_head(out, {.url = parsed, .options = options, .body_bytes = body}));
  return out;
}

TEST_CASE("a request names its target and its host", "[http]") {
  const auto writer = RequestWriter::create("agent/1", {});
  REQUIRE(writer);
  CHECK(head_of(*writer, "http://example.org:8080/a?b=1#c") ==
        "GET /a?b=1 HTTP/1.1\r\nHost: example.org:8080\r\nUser-Agent: agent/1\r\nAccept: */*\r\nAccept-Encoding: gzip, "
        "deflate, br, zstd\r\n\r\n");
  CHECK(head_of(*writer, "http://[::1]:80").starts_with("GET / HTTP/1.1\r\nHost: [::1]\r\n"));
}

TEST_CASE("the user's fields win over ours, the job's over the run's", "[http]") {
  const auto writer = RequestWriter::create(
      "agent/1", {{"accept", "text/html"}, {"X-Run", "1"}, {"User-Agent", ""}, {"Accept-Encoding", ""}});
  REQUIRE(writer);
  CHECK(head_of(*writer, "http://h/") == "GET / HTTP/1.1\r\nHost: h\r\naccept: text/html\r\nX-Run: 1\r\n\r\n");
  JobOptions job;
  job.headers = {{"x-run", "2"}, {"Host", "other"}, {"Accept", ""}};
  CHECK(head_of(*writer, "http://h/", &job) == "GET / HTTP/1.1\r\nx-run: 2\r\nHost: other\r\n\r\n");
}

TEST_CASE("a body's length is told", "[http]") {
  const auto writer = RequestWriter::create("", {{"Accept", ""}, {"Accept-Encoding", ""}});
  JobOptions job;
  job.method = "POST";
  CHECK(head_of(*writer, "http://h/", &job, 3) == "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n");
}

TEST_CASE("nothing a user sets can add a line to the message", "[http]") {
  const std::vector<Header> bad[] = {{{"A\r\nB", "c"}},
                                     {{"A", "b\r\nC: d"}},
                                     {{"A", "b\nC: d"}},
                                     {{"A", std::string("b\0c", 3)}},
                                     {{"A b", "c"}},
                                     {{"", "c"}},
                                     {{"A:", "c"}},
                                     {{"Content-Length", "5"}},
                                     {{"transfer-encoding", "chunked"}}};
  for (const auto& headers : bad) {
    CHECK_FALSE(RequestWriter::create("agent", headers));
    const auto writer = RequestWriter::create("agent", {});
    JobOptions job;
    job.headers = headers;
    std::string out;
    const auto written = writer->write_head(out, {.url = home, .options = &job});
    REQUIRE_FALSE(written);
    CHECK(code(written.error().kind) == "invalid_job");
  }
  for (const std::string method : {"GET /x HTTP/1.1\r\nA:", "", "GE T", "G\x7f"}) {
    const auto writer = RequestWriter::create("agent", {});
    JobOptions job;
    job.method = method;
    std::string out;
    CHECK_FALSE(writer->write_head(out, {.url = home, .options = &job}));
  }
}

TEST_CASE("another origin sees nothing that may be a secret", "[http]") {
  const auto writer = RequestWriter::create(
      "agent/1", {{"Authorization", "Basic x"}, {"Accept-Language", "de"}, {"Host", "run"}, {"Accept-Encoding", ""}});
  REQUIRE(writer);
  JobOptions job;
  job.headers = {{"Cookie", "a=b"}, {"X-Api-Key", "k"}, {"Accept", "text/html"}, {"Host", "job"}};
  std::string out;
  REQUIRE(writer->write_head(out, {.url = home, .options = &job, .foreign = true}));
  CHECK(out == "GET / HTTP/1.1\r\nHost: h\r\nAccept-Language: de\r\nUser-Agent: agent/1\r\nAccept: text/html\r\n\r\n");
}

TEST_CASE("the user agent can't add a line either", "[http]") { CHECK_FALSE(RequestWriter::create("a\r\nX: y", {})); }

TEST_CASE("only methods that may be repeated are idempotent", "[http]") {
  for (const std::string_view method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
    CHECK(is_idempotent(method));
  for (const std::string_view method : {"POST", "PATCH", "CONNECT", "get", "X"}) CHECK_FALSE(is_idempotent(method));
}

}  // namespace
}  // namespace nbcrawl
