#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/output.hpp"
#include "catch2_shim.hpp"
#include "nbcrawl/record.hpp"
#include "nbcrawl/sink.hpp"

// A record and the parts it views, and an output that remembers.
namespace nbcrawl {

struct MemoryOutput final : Output {
  Result<> write(std::span<const std::string_view> pieces) override {
    if (full) return std::unexpected(Error{.kind = ErrorKind::output_failed, .phase = Phase::output, .detail = "full"});
    for (const std::string_view piece : pieces) bytes += piece;
    return {};
  }
  [[nodiscard]] std::size_t pending_bytes() const noexcept override { return 0; }

  std::string bytes;
  bool full = false;
};

struct SampleRecord {
  SampleRecord() {
    job.url = *Url::parse("http://user:secret@example.org:8080/a/b?c=d#e");
    job.options = std::make_unique<JobOptions>();
    job.options->method = "POST";
    job.options->meta = R"({"team":7})";
    response.status = 200;
    response.url = *Url::parse("http://example.org:8080/final");
    response.fields.add("Content-Type", "text/html; charset=gb2312");
    response.fields.add("X-Twice", "1");
    response.fields.add("Content-Encoding", "gzip");
    response.fields.add("x-twice", "2");
    response.body_bytes = 9876;
    exchange.remote_ip = "127.0.0.1";
    exchange.remote_port = 8080;
    exchange.received_bytes = 4321;
    exchange.insecure = true;
    exchange.num_connects = 1;
    exchange.num_retries = 2;
    exchange.chain = {{.url = "http://old.example/", .status = 301}};
    using std::chrono::microseconds;
    exchange.timings = {
        .started_at = std::chrono::sys_days(std::chrono::year(2026) / 1 / 31) + microseconds(29'109'042'999),
        .queue = microseconds(1),
        .namelookup = microseconds(20),
        .connect = microseconds(300),
        .appconnect = microseconds(0),
        .starttransfer = microseconds(50'000),
        .total = microseconds(1'600'000)};
    record = {.job = &job,
              .index = 7,
              .response = &response,
              .exchange = &exchange,
              .body = "你好",
              .body_file = "out/a.html",
              .charset = "GBK",
              .charset_source = "content-type",
              .callback = "decode,save"};
  }

  void fail(ErrorKind kind, std::string detail) {
    error = {.kind = kind, .phase = Phase::response, .detail = std::move(detail)};
    record.error = &error;
  }

  Job job;
  Response response;
  Exchange exchange;
  Error error{};
  Record record;
};

}  // namespace nbcrawl
