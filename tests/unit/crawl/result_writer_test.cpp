#include "crawl/result_writer.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "catch2_shim.hpp"
#include "sinks/body_sink.hpp"

namespace nbcrawl {
namespace {

struct Pipe {
  UniqueFd reading;
  UniqueFd writing;
};

Pipe make_pipe() {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  return {.reading = UniqueFd(ends[0]), .writing = UniqueFd(ends[1])};
}

class CountingSink final : public Sink {
 public:
  explicit CountingSink(bool broken = false) : broken_(broken) {}
  Result<> write(const Record&) override {
    ++written;
    if (!broken_) return {};
    return std::unexpected(Error{.kind = ErrorKind::output_failed, .phase = Phase::output, .detail = "full"});
  }
  Result<> finish() override {
    ++finished;
    return {};
  }
  int written = 0;
  int finished = 0;

 private:
  bool broken_;
};

Error failure(ErrorKind kind) { return {.kind = kind, .phase = Phase::response}; }

TEST_CASE("a writer counts outcomes and keeps the lowest exit status", "[result_writer]") {
  CountingSink sink;
  ResultWriter writer({.sinks = {&sink}}, Limits{});
  CHECK(writer.lowest_status() == 0);
  const Error callback = failure(ErrorKind::callback_failed);
  const Error network = failure(ErrorKind::timeout);
  const Error interrupted = failure(ErrorKind::interrupted);
  writer.write({});
  writer.write({.error = &interrupted});
  CHECK(writer.lowest_status() == 0);
  writer.write({.error = &callback});
  writer.write({.error = &network});
  writer.write({.error = &callback});
  CHECK(writer.succeeded() == 1);
  CHECK(writer.failed() == 4);
  CHECK(writer.lowest_status() == 4);
  CHECK(sink.written == 5);
}

TEST_CASE("after the first failure no sink is written", "[result_writer]") {
  CountingSink before;
  CountingSink broken(true);
  CountingSink behind;
  ResultWriter writer({.sinks = {&before, &broken, &behind}}, Limits{});
  writer.write({});
  writer.write({});
  writer.finish();
  REQUIRE(writer.error());
  CHECK(writer.error()->detail == "full");
  CHECK(before.written == 1);
  CHECK(broken.written == 1);
  CHECK(behind.written == 0);
  CHECK(before.finished == 0);
  CHECK(writer.succeeded() == 0);
  CHECK(writer.failed() == 2);
}

TEST_CASE("a stopped writer does not write, and counts what it is given as failed", "[result_writer]") {
  CountingSink sink;
  ResultWriter writer({.sinks = {&sink}}, Limits{});
  writer.stop();
  writer.write({});
  CHECK(sink.written == 0);
  CHECK(writer.succeeded() == 0);
  CHECK(writer.failed() == 1);
}

TEST_CASE("a slow reader congests from the limit on until half of it is written", "[result_writer]") {
  const auto loop = std::move(*EventLoop::create(std::nullopt));
  const Pipe pipe = make_pipe();
  const auto output = std::move(*FdOutput::borrow(*loop, pipe.writing.get(), "pipe"));
  BodySink sink(*output, false);
  ResultWriter writer({.sinks = {&sink}, .outputs = {output.get()}}, Limits{.max_output_bytes = 200'000});
  CHECK_FALSE(writer.is_congested());
  const std::string body(300'000, 'x');
  writer.write({.body = body});
  CHECK(writer.is_congested());
  char buffer[4096];
  while (writer.pending_bytes() > 100'000) {
    CHECK(writer.is_congested());
    REQUIRE(::read(pipe.reading.get(), buffer, sizeof buffer) > 0);
    REQUIRE(loop->run_once(true));
  }
  CHECK_FALSE(writer.is_congested());
}

TEST_CASE("only the result that is due may come where too much is held back for order", "[result_writer]") {
  const auto loop = std::move(*EventLoop::create(std::nullopt));
  const Pipe pipe = make_pipe();
  const auto output = std::move(*FdOutput::borrow(*loop, pipe.writing.get(), "pipe"));
  OrderedSink ordered(*output, [](Output& inner) { return std::make_unique<BodySink>(inner, false); });
  ResultWriter writer({.sinks = {&ordered}, .outputs = {output.get()}, .ordered = &ordered},
                      Limits{.max_reorder_bytes = 1000});
  const std::string body(2000, 'x');
  writer.write({.body = body});
  CHECK_FALSE(writer.only_due());
  writer.write({.index = 2, .body = body});
  CHECK(writer.only_due() == 1);
  writer.write({.index = 1, .body = body});
  CHECK_FALSE(writer.only_due());
}

}  // namespace
}  // namespace nbcrawl
