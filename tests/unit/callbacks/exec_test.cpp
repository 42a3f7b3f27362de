#include "callbacks/exec.hpp"

#include "callbacks/callbacks.hpp"
#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

struct Fixture {
  Job job{.url = *Url::parse("http://user:secret@a.test/p?q=1#f")};
  Response response;
  Emitter emitter;
  Callbacks callbacks{nullptr};

  Fixture() {
    job.index = 7;
    response.status = 200;
    response.url = *Url::parse("http://b.test/");
    response.fields.add("Content-Type", "text/html; charset=gb2312");
  }
  Command command(std::string_view spec) { return callbacks.command(spec, job, response, emitter); }
};

using Variables = std::vector<std::string>;

TEST_CASE("a command is the argument as it stands, and the page is in its environment", "[exec]") {
  Fixture page;
  const Command command = page.command("exec:wc -c: \"$X\"");
  CHECK(command.line == "wc -c: \"$X\"");
  CHECK(command.environment == Variables{"NBCRAWL_ID=7", "NBCRAWL_URL=http://a.test/p?q=1#f",
                                         "NBCRAWL_URL_EFFECTIVE=http://b.test/", "NBCRAWL_STATUS=200",
                                         "NBCRAWL_CONTENT_TYPE=text/html; charset=gb2312", "NBCRAWL_CHARSET=gbk",
                                         "NBCRAWL_BODY_FILE="});
}

TEST_CASE("a command is told what the callbacks before it have found", "[exec]") {
  Fixture page;
  page.job.id = "x";
  page.emitter.set_charset("big5", "argument");
  page.emitter.set_body_file("out/p");
  const Command command = page.command("exec:true");
  CHECK(command.environment.front() == "NBCRAWL_ID=x");
  CHECK(command.environment[5] == "NBCRAWL_CHARSET=big5");
  CHECK(command.environment[6] == "NBCRAWL_BODY_FILE=out/p");
}

TEST_CASE("a value ends at a NUL, which no environment can hold", "[exec]") {
  Fixture page;
  page.job.id = std::string("a\0LD_PRELOAD=b", 14);
  CHECK(page.command("exec:true").environment.front() == "NBCRAWL_ID=a");
}

TEST_CASE("callbacks run up to a command and go on behind it", "[exec]") {
  Fixture page;
  page.response.body = "body";
  const std::vector<std::string> specs{"raw", "exec:true", "raw", "exec:true"};
  const auto run = [&](std::size_t first) {
    return page.callbacks.run(specs, first, page.response, nullptr, page.emitter);
  };
  CHECK(run(0) == 1U);
  CHECK(page.emitter.result() == "body");
  CHECK(run(2) == 3U);
  CHECK(page.emitter.result() == "bodybody");
  CHECK(run(4) == 4U);
  CHECK(page.callbacks.need(specs)->in_memory);
}

TEST_CASE("a command must be one", "[exec]") {
  const Callbacks callbacks(nullptr);
  CHECK(callbacks.check("exec:true"));
  CHECK(callbacks.check("exec::"));
  for (const std::string& spec : {std::string("exec"), std::string("exec:"), std::string("exec: \t\n")}) {
    const auto refused = callbacks.check(spec);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::invalid_job);
    CHECK(refused.error().detail == "'" + spec + "': it needs a command, such as exec:wc -c");
  }
  CHECK(callbacks.check(std::string("exec:a\0b", 8)).error().detail.ends_with("the command holds a NUL"));
}

}  // namespace
}  // namespace nbcrawl
