#include <map>

#include "catch2_shim.hpp"
#include "nbcrawl/crawler.hpp"
#include "temporary_folder.hpp"
#include "unit/crawl/page_server.hpp"

namespace nbcrawl {
namespace {

struct Errors {
  std::map<std::uint64_t, std::string> errors;
  std::map<std::uint64_t, std::string> bodies;
};

class ErrorSink final : public Sink {
 public:
  explicit ErrorSink(Errors& seen) : seen_(seen) {}
  Result<> write(const Record& record) override {
    if (record.ok()) seen_.bodies[record.index] = record.body;
    if (!record.ok()) seen_.errors[record.index] = code(record.error->kind);
    return {};
  }
  Result<> finish() override { return {}; }

 private:
  Errors& seen_;
};

TEST_CASE("a job's result is in the file it names, below the folder of the run", "[crawl]") {
  const TemporaryFolder folder;
  const PageServer server;
  Errors seen;
  Crawler crawler({.concurrency = 1, .threads = GENERATE(1, 2), .save_directory = folder.file("pages")});
  crawler.add_sink(std::make_unique<ErrorSink>(seen));
  const auto add = [&](const std::string& path, const std::string& output, Callback callback = {}) {
    crawler.add({.url = *Url::parse(server.url(path)),
                 .callback = std::move(callback),
                 .options = std::make_unique<JobOptions>(JobOptions{.output = output})});
  };
  add("/0", "sub/zero");
  add("/1", "one", [](const Response&, Emitter& out) { out.text("emitted"); });
  add("/2", "");
  add("/3", "../three");
  add("/4", "one");
  const Summary summary = crawler.run();
  CHECK(summary.succeeded == 3);
  CHECK(summary.exit_status == 3);
  CHECK(content(folder.file("pages/sub/zero")) == "/0");
  CHECK(content(folder.file("pages/one")) == "emitted");
  CHECK(seen.bodies == std::map<std::uint64_t, std::string>{{0, "/0"}, {1, "emitted"}, {2, "/2"}});
  CHECK(seen.errors == std::map<std::uint64_t, std::string>{{3, "output_failed"}, {4, "output_failed"}});
  CHECK(entries_below(folder.path()) == 4);
}

}  // namespace
}  // namespace nbcrawl
