// A program names the settings it needs, and its compiler has nothing to say about the others: each is given its first
// member alone. Compiled, never run.

#include <nbcrawl/crawler.hpp>
#include <nbcrawl/server.hpp>

nbcrawl::Options options() {
  return {.concurrency = 1,
          .headers = {{.name = "Accept"}},
          .accept = {{.first = 200}},
          .max_errors = nbcrawl::ErrorBudget{.most = 1},
          .tls = {.insecure = true},
          .cookies = {.keep = true},
          .limits = {.max_header_bytes = 1}};
}

nbcrawl::Job job() {
  return {.url = {}, .options = std::make_unique<nbcrawl::JobOptions>(nbcrawl::JobOptions{.method = "GET"})};
}

nbcrawl::ServerOptions server_options() { return {.multiplexer = nbcrawl::MultiplexerChoice::poll}; }

nbcrawl::Reply reply() { return {.status = 404}; }

nbcrawl::Error error() { return {.kind = nbcrawl::ErrorKind::output_failed, .phase = nbcrawl::Phase::output}; }

// What a program's own tests hand to its callbacks, handlers and sinks.
nbcrawl::Response response() { return {.status = 200}; }

nbcrawl::Request request() { return {.method = "GET"}; }

nbcrawl::Exchange exchange() { return {.timings = {.queue = {}}, .chain = {{.url = "http://example.org/"}}}; }

nbcrawl::Record record() { return {.job = nullptr}; }

nbcrawl::Summary summary() { return {.succeeded = 1}; }
