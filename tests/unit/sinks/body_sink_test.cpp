#include "sinks/body_sink.hpp"

#include <string>

#include "catch2_shim.hpp"
#include "unit/sinks/sample_record.hpp"

namespace nbcrawl {
namespace {

using namespace std::string_literals;

TEST_CASE("bodies are written byte for byte, one after the other", "[body_sink]") {
  MemoryOutput output;
  BodySink sink(output, false);
  SampleRecord sample;
  for (const std::string& body : {"first"s, ""s, "with \0 and \xFF"s, "last\n"s}) {
    sample.record.body = body;
    REQUIRE(sink.write(sample.record));
  }
  REQUIRE(sink.finish());
  CHECK(output.bytes == "firstwith \0 and \xFFlast\n"s);
}

TEST_CASE("with --null every result ends in a NUL, an empty one too", "[body_sink]") {
  MemoryOutput output;
  BodySink sink(output, true);
  SampleRecord sample;
  for (const std::string& body : {"first"s, ""s, "last"s}) {
    sample.record.body = body;
    REQUIRE(sink.write(sample.record));
  }
  CHECK(output.bytes == "first\0\0last\0"s);
}

TEST_CASE("a failed job writes nothing, whatever its callbacks emitted", "[body_sink]") {
  MemoryOutput output;
  BodySink sink(output, true);
  SampleRecord sample;
  sample.fail(ErrorKind::http_status, "status 404");
  REQUIRE(sink.write(sample.record));
  CHECK(output.bytes.empty());
}

TEST_CASE("a body that can't be written is an error", "[body_sink]") {
  MemoryOutput output;
  output.full = true;
  BodySink sink(output, false);
  CHECK_FALSE(sink.write(SampleRecord().record));
}

}  // namespace
}  // namespace nbcrawl
