#include "sinks/jsonl_sink.hpp"

#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "project_file.hpp"
#include "unit/sinks/sample_record.hpp"

namespace nbcrawl {
namespace {

using namespace std::string_literals;
using Json = nlohmann::ordered_json;

std::string line_of(const Record& record, std::vector<RecordField> fields = all_record_fields(),
                    RecordStyle style = {}) {
  MemoryOutput output;
  JsonlSink sink(output, std::move(fields), style);
  REQUIRE(sink.write(record));
  REQUIRE(sink.finish());
  return output.bytes;
}

Json parsed(const Record& record, RecordStyle style = {}) {
  return Json::parse(line_of(record, all_record_fields(), style));
}

TEST_CASE("a record has every field, typed, in the order of the reference", "[jsonl_sink]") {
  CHECK(line_of(SampleRecord().record) ==
        R"({"id":"7","url":"http://example.org:8080/a/b?c=d#e","url_effective":"http://example.org:8080/final",)"
        R"("method":"POST","scheme":"http","host":"example.org","port":8080,"path":"/a/b",)"
        R"("remote_ip":"127.0.0.1","remote_port":8080,"http_version":"1.1","insecure":true,"num_connects":1,)"
        R"("num_redirects":1,"num_retries":2,"chain":[{"url":"http://old.example/","status":301}],)"
        R"("status":200,"ok":true,)"
        R"("headers":{"content-encoding":["gzip"],"content-type":["text/html; charset=gb2312"],"x-twice":["1","2"]},)"
        R"("content_type":"text/html; charset=gb2312","charset":"GBK","charset_source":"content-type",)"
        R"("content_encoding":"gzip","size_download":4321,"size_body":6,"body":"你好","body_file":"out/a.html",)"
        R"("time_queue":0.000001,"time_namelookup":0.000020,"time_connect":0.000300,"time_appconnect":0.000000,)"
        R"("time_starttransfer":0.050000,"time_total":1.600000,"started_at":"2026-01-31T08:05:09.042Z",)"
        R"("callback":"decode,save","meta":{"team":7}})"
        "\n");
}

TEST_CASE("a job that failed has what is known of it", "[jsonl_sink]") {
  SampleRecord sample;
  sample.fail(ErrorKind::connect_refused, "can't connect to example.org: Connection refused");
  sample.record.response = nullptr;
  sample.record.body = {};
  sample.exchange.remote_ip.clear();
  sample.exchange.remote_port = 0;
  const Json json = parsed(sample.record);
  CHECK(json["ok"] == false);
  CHECK(json["error"] == "connect_refused");
  CHECK(json["error_detail"] == "can't connect to example.org: Connection refused");
  CHECK(json["url"] == "http://example.org:8080/a/b?c=d#e");
  CHECK(json["time_total"] == 1.6);
  for (const char* absent : {"status", "headers", "url_effective", "http_version", "content_type", "size_download",
                             "size_body", "body", "body_base64", "remote_ip", "remote_port"}) {
    CHECK_FALSE(json.contains(absent));
  }
}

TEST_CASE("a job that failed by its status has its response and no body", "[jsonl_sink]") {
  SampleRecord sample;
  sample.fail(ErrorKind::http_status, "example.org answered 404");
  sample.response.status = 404;
  const Json json = parsed(sample.record);
  CHECK(json["ok"] == false);
  CHECK(json["status"] == 404);
  for (const char* absent : {"size_body", "body", "body_base64"}) CHECK_FALSE(json.contains(absent));
}

TEST_CASE("a record of the job list that could not be read has its place and its error", "[jsonl_sink]") {
  const Error error{.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = "jobs.json:3: unknown field 'ur'"};
  CHECK(line_of({.index = 3, .error = &error}) ==
        R"({"id":"3","ok":false,"error":"invalid_job","error_detail":"jobs.json:3: unknown field 'ur'"})"
        "\n");
}

TEST_CASE("an id is a string, and the job's own where it has one", "[jsonl_sink]") {
  SampleRecord sample;
  CHECK(parsed(sample.record)["id"] == "7");
  sample.job.id = "a\"1";
  CHECK(parsed(sample.record)["id"] == "a\"1");
}

TEST_CASE("a job without options is a GET without meta", "[jsonl_sink]") {
  SampleRecord sample;
  sample.job.options.reset();
  const Json json = parsed(sample.record);
  CHECK(json["method"] == "GET");
  CHECK_FALSE(json.contains("meta"));
}

TEST_CASE("the version of HTTP is named as its own standards do", "[jsonl_sink]") {
  SampleRecord sample;
  sample.response.version_minor = 0;
  CHECK(parsed(sample.record)["http_version"] == "1.0");
  sample.response.version_major = 2;
  CHECK(parsed(sample.record)["http_version"] == "2");
}

TEST_CASE("content codings in several fields are one list", "[jsonl_sink]") {
  SampleRecord sample;
  sample.response.fields.add("content-encoding", "br");
  CHECK(parsed(sample.record)["content_encoding"] == sample.response.fields.joined("content-encoding"));
  sample.response.fields.clear();
  CHECK_FALSE(parsed(sample.record).contains("content_encoding"));
}

TEST_CASE("the body is text where it is UTF-8, else base64", "[jsonl_sink]") {
  SampleRecord sample;
  const auto with_body = [&](const std::string& body, BodyForm form) {
    sample.record.body = body;
    const Json json = parsed(sample.record, {.body = form});
    CHECK(json["size_body"] == body.size());
    CHECK((json.contains("body") && json.contains("body_base64")) == false);
    if (json.contains("body")) return "text " + json["body"].get<std::string>();
    if (json.contains("body_base64")) return "base64 " + json["body_base64"].get<std::string>();
    return "none"s;
  };
  CHECK(with_body("text\n\0é"s, BodyForm::automatic) == "text text\n\0é"s);
  CHECK(with_body("", BodyForm::automatic) == "text ");
  CHECK(with_body("\x89PNG", BodyForm::automatic) == "base64 iVBORw==");
  CHECK(with_body("text, but at its end \xC3", BodyForm::automatic).starts_with("base64 "));
  CHECK(with_body("\x89PNG", BodyForm::text) == "text \uFFFDPNG");
  CHECK(with_body("text", BodyForm::base64) == "base64 dGV4dA==");
  CHECK(with_body("text", BodyForm::none) == "none");
}

TEST_CASE("secrets are in no record", "[jsonl_sink]") {
  SampleRecord sample;
  sample.response.fields.add("Set-Cookie", "session=hidden-one");
  sample.response.fields.add("SET-cookie", "session=hidden-two");
  const std::string line = line_of(sample.record);
  CHECK(line.find("secret") == std::string::npos);
  CHECK(line.find("session") == std::string::npos);
  CHECK(Json::parse(line)["headers"]["set-cookie"] == Json{"[hidden]", "[hidden]"});
  CHECK(line_of(sample.record, *parse_record_fields("set_cookie")) ==
        "{\"set_cookie\":[\"session=hidden-one\",\"session=hidden-two\"]}\n");
}

TEST_CASE("the digest of a result is computed on request", "[jsonl_sink]") {
  SampleRecord sample;
  sample.record.body = "abc";
  CHECK_FALSE(parsed(sample.record).contains("body_sha256"));
  CHECK(line_of(sample.record, *parse_record_fields("body_sha256")) ==
        "{\"body_sha256\":\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"}\n");
}

TEST_CASE("fields are selected and ordered by a list", "[jsonl_sink]") {
  const auto fields = parse_record_fields("status,id,url");
  REQUIRE(fields);
  CHECK(line_of(SampleRecord().record, *fields) ==
        "{\"status\":200,\"id\":\"7\",\"url\":\"http://example.org:8080/a/b?c=d#e\"}\n");
}

TEST_CASE("every field can be selected by the name it is written under", "[jsonl_sink]") {
  SampleRecord good;
  good.record.replayed = true;
  SampleRecord failed;
  failed.fail(ErrorKind::callback_failed, "it threw");
  for (const RecordField& field : all_record_fields()) {
    const auto one = parse_record_fields(field.name);
    REQUIRE(one);
    const Record& record = field.name.starts_with("error") ? failed.record : good.record;
    const Json json = Json::parse(line_of(record, *one));
    REQUIRE(json.size() == 1);
    CHECK(json.begin().key() == field.name);
  }
}

TEST_CASE("a field that is listed twice is written once", "[jsonl_sink]") {
  const auto fields = parse_record_fields("id,body,id,body_base64");
  REQUIRE(fields);
  CHECK(line_of(SampleRecord().record, *fields) == "{\"id\":\"7\",\"body\":\"你好\"}\n");
}

TEST_CASE("an unknown field is an error that names the nearest", "[jsonl_sink]") {
  const auto complaint = [](std::string_view list) {
    const auto fields = parse_record_fields(list);
    REQUIRE_FALSE(fields);
    CHECK(fields.error().kind == ErrorKind::invalid_job);
    return fields.error().detail;
  };
  CHECK(complaint("id,staus") == "unknown record field 'staus'; did you mean 'status'?");
  CHECK(complaint("qqqqqq") == "unknown record field 'qqqqqq'");
  CHECK(complaint("id,,url") == "unknown record field ''");
  CHECK(complaint("") == "unknown record field ''");
}

TEST_CASE("a head of many thousand fields costs no more than its size", "[jsonl_sink]") {
  SampleRecord sample;
  for (int i = 0; i < 60'000; ++i) sample.response.fields.add("f" + std::to_string(i), "");
  const auto begin = std::chrono::steady_clock::now();
  const std::string line = line_of(sample.record);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(2));
  CHECK(nlohmann::json::parse(line)["headers"].size() == 60'003);
}

TEST_CASE("whatever bytes the parts hold, a record is one valid line", "[jsonl_sink]") {
  std::mt19937 random(5);
  const auto noise = [&] {
    std::string bytes(random() % 60, '\0');
    for (char& byte : bytes)
      byte = random() % 2 == 0 ? static_cast<char>(random()) : "\n\r\"\\{}[],:\x1b\x7f\xC2\x85"[random() % 14];
    return bytes;
  };
  for (int round = 0; round < 5000; ++round) {
    SampleRecord sample;
    sample.job.id = noise();
    sample.job.options->method = noise();
    sample.exchange.remote_ip = noise();
    sample.exchange.chain.push_back({.url = noise(), .status = 302});
    for (int i = 0; i < 5; ++i) sample.response.fields.add(noise(), noise());
    sample.response.fields.add("Content-Type", noise());
    sample.response.status = static_cast<int>(random());
    const std::string body = noise();
    const std::string charset = noise();
    const std::string file = noise();
    const std::string callback = noise();
    sample.record.body = body;
    sample.record.charset = sample.record.charset_source = charset;
    sample.record.body_file = file;
    sample.record.callback = callback;
    if (round % 2 == 0) sample.fail(static_cast<ErrorKind>(random() % 23), noise());
    const RecordStyle style{.body = static_cast<BodyForm>(random() % 4)};
    const std::string line = line_of(sample.record, all_record_fields(), style);
    REQUIRE(Json::accept(line));
    REQUIRE(line.find('\n') == line.size() - 1);
    REQUIRE(line.find_first_of("\r\x1b\x7f") == std::string::npos);
  }
}

TEST_CASE("the reference for users names every field and every error", "[jsonl_sink]") {
  const std::string reference = project_file("docs/records.md");
  const auto is_named = [&](std::string_view name) {
    return reference.find("`" + std::string(name) + "`") != std::string::npos;
  };
  for (const RecordField& field : all_record_fields()) {
    INFO(field.name);
    CHECK(is_named(field.name));
  }
  for (const char* on_request : {"body_base64", "body_sha256", "set_cookie"}) CHECK(is_named(on_request));
  for (int kind = 0; kind <= static_cast<int>(ErrorKind::interrupted); ++kind) {
    INFO(code(static_cast<ErrorKind>(kind)));
    CHECK(is_named(code(static_cast<ErrorKind>(kind))));
  }
}

TEST_CASE("a record that can't be written is an error", "[jsonl_sink]") {
  MemoryOutput output;
  output.full = true;
  JsonlSink sink(output);
  CHECK_FALSE(sink.write(SampleRecord().record));
}

}  // namespace
}  // namespace nbcrawl
