#include "http/request.hpp"

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

const Url home = *Url::parse("http://h/");

std::string head_of(const RequestWriter& writer, std::string_view url, const JobOptions* options = nullptr,
                    std::optional<std::uint64_t> body = {}) {
  std::string out;
  const Url parsed = *Url::parse(url);
  writer.write_head(out, {.url = parsed, .options = options, .body_bytes = body});
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
    JobOptions job;
    job.headers = headers;
    const auto checked = RequestWriter::check({.url = home, .options = &job});
    REQUIRE_FALSE(checked);
    CHECK(code(checked.error().kind) == "invalid_job");
  }
  for (const std::string method : {"GET /x HTTP/1.1\r\nA:", "GE T", "G\x7f", "CONNECT"}) {
    JobOptions job;
    job.method = method;
    CHECK_FALSE(RequestWriter::check({.url = home, .options = &job}));
  }
  CHECK_FALSE(RequestWriter::check({.url = Url()}));
}

TEST_CASE("another origin sees nothing that may be a secret", "[http]") {
  const auto writer = RequestWriter::create(
      "agent/1", {{"Authorization", "Basic x"}, {"Accept-Language", "de"}, {"Host", "run"}, {"Accept-Encoding", ""}});
  REQUIRE(writer);
  JobOptions job;
  job.headers = {{"Cookie", "a=b"}, {"X-Api-Key", "k"}, {"Accept", "text/html"}, {"Host", "job"}};
  std::string out;
  writer->write_head(out, {.url = home, .options = &job, .foreign = true});
  CHECK(out == "GET / HTTP/1.1\r\nHost: h\r\nAccept-Language: de\r\nUser-Agent: agent/1\r\nAccept: text/html\r\n\r\n");
}

TEST_CASE("user names and passwords become Basic credentials, where no other Authorization goes", "[http]") {
  const auto authorization = [](const RequestWriter& writer, const RequestHead& request) {
    std::string out;
    writer.write_head(out, request);
    const std::size_t at = out.find("Authorization: ");
    if (at == std::string::npos) return std::string("none");
    CHECK(out.find("Authorization: ", at + 1) == std::string::npos);
    return out.substr(at + 15, out.find("\r\n", at) - at - 15);
  };
  const auto plain = RequestWriter::create("", {});
  const auto flag = RequestWriter::create("", {}, "Aladdin:open sesame");  // RFC 7617 section 2
  const auto field = RequestWriter::create("", {{"Authorization", "Run"}}, "Aladdin:open sesame");
  const Url with_userinfo = *Url::parse("http://%C3%BC:p%40@h/");
  const std::string decoded = "Basic w7w6cEA=";
  JobOptions own;
  own.headers = {{"Authorization", "Own"}};
  CHECK(authorization(*plain, {.url = home}) == "none");
  CHECK(authorization(*flag, {.url = home}) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(authorization(*field, {.url = home}) == "Run");
  CHECK(authorization(*field, {.url = with_userinfo}) == decoded);
  CHECK(authorization(*field, {.url = home, .job_url = &with_userinfo}) == decoded);
  CHECK(authorization(*field, {.url = with_userinfo, .options = &own}) == "Own");
  // Abroad only what Location itself held.
  CHECK(authorization(*field, {.url = home, .options = &own, .job_url = &with_userinfo, .foreign = true}) == "none");
  CHECK(authorization(*field, {.url = with_userinfo, .options = &own, .foreign = true}) == decoded);
}

TEST_CASE("a request that lost its body does not describe it", "[http]") {
  const auto writer = RequestWriter::create("", {{"Accept", ""}, {"Accept-Encoding", ""}, {"Content-Language", "de"}});
  JobOptions job;
  job.headers = {{"Content-Type", "text/x"}, {"X-A", "1"}};
  job.body = "x";
  std::string out;
  writer->write_head(out, {.url = home, .options = &job, .as_get = true});
  writer->write_head(out, {.url = home, .as_get = true});
  CHECK(out == "GET / HTTP/1.1\r\nHost: h\r\nX-A: 1\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
}

TEST_CASE("a body makes a POST where no method is named", "[http]") {
  JobOptions job;
  CHECK(RequestHead{.url = home, .options = &job}.method() == "GET");
  job.body = "";
  CHECK(RequestHead{.url = home, .options = &job}.method() == "POST");
  job.method = "PUT";
  CHECK(RequestHead{.url = home, .options = &job}.method() == "PUT");
}

TEST_CASE("the user agent can't add a line either", "[http]") { CHECK_FALSE(RequestWriter::create("a\r\nX: y", {})); }

TEST_CASE("only methods that may be repeated are idempotent", "[http]") {
  for (const std::string_view method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
    CHECK(is_idempotent(method));
  for (const std::string_view method : {"POST", "PATCH", "CONNECT", "get", "X"}) CHECK_FALSE(is_idempotent(method));
}

std::string http2_head_of(const RequestWriter& writer, const RequestHead& request) {
  Fields head;
  writer.write_head(head, request);
  std::string text;
  for (std::size_t i = 0; i < head.size(); ++i) text.append(head[i].name).append("=").append(head[i].value).append("|");
  return text;
}

TEST_CASE("with HTTP/2 the request line and the host are fields, and names are in lower case", "[http]") {
  const auto writer = RequestWriter::create("agent/1", {{"X-Run", "A"}, {"Accept-Encoding", ""}}, "user:pass");
  REQUIRE(writer);
  const Url url = *Url::parse("https://example.org:8443/a?b=1#c");
  CHECK(http2_head_of(*writer, {.url = url}) ==
        ":method=GET|:scheme=https|:authority=example.org:8443|:path=/a?b=1|x-run=A|user-agent=agent/1|accept=*/*|"
        "authorization=Basic dXNlcjpwYXNz|");
  JobOptions job;
  job.method = "POST";
  job.headers = {{"X-Job", "1"}, {"ACCEPT", ""}, {"Cookie", "a=1"}};
  CHECK(http2_head_of(*writer, {.url = url, .options = &job, .cookies = "b=2", .body_bytes = 3}) ==
        ":method=POST|:scheme=https|:authority=example.org:8443|:path=/a?b=1|x-run=A|user-agent=agent/1|"
        "authorization=Basic dXNlcjpwYXNz|x-job=1|cookie=a=1; b=2|content-length=3|");
  CHECK(http2_head_of(*writer, {.url = url, .options = &job, .foreign = true, .cookies = "b=2"}) ==
        ":method=POST|:scheme=https|:authority=example.org:8443|:path=/a?b=1|user-agent=agent/1|cookie=b=2|");
}

TEST_CASE("with HTTP/2 the user's Host is the authority, and no field is about the connection", "[http]") {
  const auto writer = RequestWriter::create("", {{"Host", "run"},
                                                 {"Connection", "close"},
                                                 {"Keep-Alive", "1"},
                                                 {"Proxy-Connection", "close"},
                                                 {"TE", "gzip"},
                                                 {"Upgrade", "h2c"},
                                                 {"HTTP2-Settings", "a"},
                                                 {"Proxy-Authorization", "secret"},
                                                 {"Accept", ""},
                                                 {"Accept-Encoding", ""}});
  REQUIRE(writer);
  const Url url = *Url::parse("http://h/");
  CHECK(http2_head_of(*writer, {.url = url}) == ":method=GET|:scheme=http|:authority=run|:path=/|");
  JobOptions job;
  job.headers = {{"host", "job"}, {"connection", "close"}};
  CHECK(http2_head_of(*writer, {.url = url, .options = &job}) == ":method=GET|:scheme=http|:authority=job|:path=/|");
  CHECK(http2_head_of(*writer, {.url = url, .options = &job, .foreign = true}) ==
        ":method=GET|:scheme=http|:authority=h|:path=/|");
}

}  // namespace
}  // namespace nbcrawl
