#include <benchmark/benchmark.h>

#include <cstdint>
#include <string_view>

#include "benchmarks.hpp"
#include "http/http1_response_parser.hpp"

namespace nbcrawl {

namespace {

constexpr std::string_view of_nginx =
    "HTTP/1.1 200 OK\r\n"
    "Server: nginx/1.22.1\r\n"
    "Date: Mon, 23 Nov 2026 09:10:11 GMT\r\n"
    "Content-Type: text/html; charset=utf-8\r\n"
    "Content-Length: 1024\r\n"
    "Last-Modified: Mon, 23 Nov 2026 09:01:02 GMT\r\n"
    "Connection: keep-alive\r\n"
    "ETag: \"6742a8ce-400\"\r\n"
    "Accept-Ranges: bytes\r\n"
    "\r\n";

/// As a site behind a content delivery network says it.
constexpr std::string_view of_network =
    "HTTP/1.1 200 OK\r\n"
    "Date: Mon, 23 Nov 2026 09:10:11 GMT\r\n"
    "Content-Type: text/html; charset=UTF-8\r\n"
    "Content-Length: 48217\r\n"
    "Connection: keep-alive\r\n"
    "CF-Ray: 8e6f0c2b7d1a9b43-FRA\r\n"
    "CF-Cache-Status: DYNAMIC\r\n"
    "Cache-Control: private, no-cache, no-store, must-revalidate, max-age=0\r\n"
    "Expires: Thu, 01 Jan 1970 00:00:00 GMT\r\n"
    "Set-Cookie: session=eyJpdiI6IjN0Z2h5bW1xM2xqSjJmSzFQY0d2QmciLCJ2YWx1ZSI6IkxWd2p2; Path=/; Secure; HttpOnly; "
    "SameSite=Lax\r\n"
    "Set-Cookie: __cf_bm=Yx2kq0f4rjv9GmYp1xWq3nJt8uHd6sLa0bVc5eZi7oQ-1732353011-1.0.1.1; Path=/; Expires=Mon, "
    "23-Nov-26 09:40:11 GMT; Domain=.example.org; HttpOnly; Secure; SameSite=None\r\n"
    "Strict-Transport-Security: max-age=31536000; includeSubDomains; preload\r\n"
    "Content-Security-Policy: default-src 'self'; img-src 'self' data: https://images.example.org; script-src 'self' "
    "'nonce-4f1c9d2e7a'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'; upgrade-insecure-requests\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: SAMEORIGIN\r\n"
    "Referrer-Policy: strict-origin-when-cross-origin\r\n"
    "Permissions-Policy: camera=(), microphone=(), geolocation=()\r\n"
    "Vary: Accept-Encoding, Cookie\r\n"
    "Link: </assets/app.css>; rel=preload; as=style, </assets/app.js>; rel=preload; as=script\r\n"
    "Report-To: "
    "{\"endpoints\":[{\"url\":\"https://reports.example.org/v4?s=Zk3w\"}],\"group\":\"cf-nel\",\"max_age\":604800}\r\n"
    "NEL: {\"success_fraction\":0,\"report_to\":\"cf-nel\",\"max_age\":604800}\r\n"
    "Server: cloudflare\r\n"
    "Alt-Svc: h3=\":443\"; ma=86400\r\n"
    "\r\n";

struct Nobody final : ResponseReceiver {
  Result<> on_head(std::uint64_t /*announced_bytes*/) override { return {}; }
  Result<> on_body(std::string_view /*data*/) override { return {}; }
};

void parse_head(benchmark::State& state, std::string_view head) {
  Http1ResponseParser parser(256 * 1024);
  Response response;
  Nobody nobody;
  for ([[maybe_unused]] auto _ : state) {
    response.reason.clear();
    response.fields.clear();
    parser.start(response, nobody, /*to_head=*/true);
    if (!parser.feed(head) || !parser.is_complete()) return state.SkipWithError("the head is not read to its end");
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(head.size()));
}

}  // namespace

void register_responses() {
  benchmark::RegisterBenchmark("response head/nginx, 8 fields", parse_head, of_nginx);
  benchmark::RegisterBenchmark("response head/content delivery network, 23 fields", parse_head, of_network);
}

}  // namespace nbcrawl
