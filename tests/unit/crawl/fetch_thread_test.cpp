#include "crawl/fetch_thread.hpp"

#include <future>
#include <new>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("a thread that is out of memory says so, and ends nothing else", "[fetch_thread]") {
  Log log;
  const Callbacks callbacks(nullptr);
  FetchSetup setup{.options = {}, .request_writer = RequestWriter::create("", {}).value()};
  setup.options.dial = [](EventLoop&, const std::vector<Address>&, Dialer::Reach,
                          Dialer::OnDone) -> std::unique_ptr<Dial> { throw std::bad_alloc(); };
  std::promise<Error> said;
  auto thread = FetchThread::create({}, std::move(setup), callbacks, log,
                                    [&](Result<Fetched> fetched) { said.set_value(std::move(fetched.error())); });
  REQUIRE(thread);
  (*thread)->start({.job = {.url = Url::parse("http://127.0.0.1/").value()}});
  const Error error = said.get_future().get();
  CHECK(error.kind == ErrorKind::system_failed);
  CHECK(error.detail == "a thread is out of memory");
}

}  // namespace
}  // namespace nbcrawl
