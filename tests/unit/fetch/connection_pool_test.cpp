// The connections that a fetcher keeps: leased to the next job, given back, limited in number and in age.
#include "fetching.hpp"
#include "scripted_site.hpp"

using namespace nbcrawl;

TEST_CASE("the next job to the same place gets the connection that is there") {
  const ScriptedSite site;
  Fetching fetching;
  for (const auto* path : {"/a", "/b", "/c"}) CHECK(fetching.fetch(site.url(path)).body == path);
  CHECK(site.accepted() == 1);
  CHECK(fetching.fetcher.pool().size() == 1);
  CHECK(fetching.fetcher.pool().idle() == 1);
}

TEST_CASE("a connection that carries a job is nobody else's") {
  const ScriptedSite site;
  Fetching fetching;
  fetching.start("silent", site.url("/silent"));
  CHECK(fetching.fetch(site.url("/a")).body == "/a");
  CHECK(site.accepted() == 2);
  CHECK(fetching.fetcher.pool().size() == 2);
  CHECK(fetching.fetcher.pool().idle() == 1);
}

TEST_CASE("another host name or port is another place, whatever address it has") {
  const ScriptedSite site;
  const ScriptedSite other_port;
  const std::string pin = "b.test:" + std::to_string(site.port()) + ":127.0.0.1";
  Fetching fetching({}, {PinnedName::parse(pin).value()});
  CHECK(fetching.fetch(site.url("/a")).body == "/a");
  CHECK(fetching.fetch(site.url("/b", "b.test")).body == "/b");
  CHECK(fetching.fetch(other_port.url("/c")).body == "/c");
  CHECK(site.accepted() == 2);
  CHECK(fetching.fetcher.pool().idle() == 3);
}

TEST_CASE("a connection that the server announces to close, or closes, is not kept") {
  const ScriptedSite site;
  Fetching fetching;
  CHECK(fetching.fetch(site.url("/close")).body == "/close");
  CHECK(fetching.fetcher.pool().size() == 0);
  CHECK(fetching.fetch(site.url("/a")).body == "/a");
  CHECK(fetching.fetcher.pool().idle() == 1);
  site.hang_up();
  fetching.wait_for_connections(0);
  CHECK(fetching.fetch(site.url("/b")).body == "/b");
  CHECK(site.accepted() == 3);
}

TEST_CASE("of more idle connections than the limit the one that was idle longest is closed") {
  const ScriptedSite first;
  const ScriptedSite second;
  const ScriptedSite third;
  FetchOptions options;
  options.limits.max_idle_connections = 2;
  Fetching fetching(options);
  for (const ScriptedSite* site : {&first, &second, &third}) CHECK(fetching.fetch(site->url("/")).outcome.has_value());
  CHECK(fetching.fetcher.pool().size() == 2);
  for (const ScriptedSite* site : {&second, &third, &first}) CHECK(fetching.fetch(site->url("/")).outcome.has_value());
  CHECK(second.accepted() == 1);
  CHECK(third.accepted() == 1);
  CHECK(first.accepted() == 2);
}

TEST_CASE("an idle connection is closed when its time is over") {
  const ScriptedSite site;
  FetchOptions options;
  options.limits.max_idle_time = milliseconds(50);
  Fetching fetching(options);
  CHECK(fetching.fetch(site.url("/a")).outcome.has_value());
  CHECK(fetching.fetcher.pool().idle() == 1);
  const TimePoint begin = Clock::now();
  fetching.wait_for_connections(0);
  CHECK(Clock::now() - begin >= milliseconds(40));
  CHECK(fetching.loop->watched() <= 1);  // at most a socket of the resolver
  CHECK(fetching.fetch(site.url("/b")).body == "/b");
}

TEST_CASE("what waits for a connection that can't be made fails with it, each on its own") {
  Fetching fetching;
  const std::string url = "http://" + refusing_address().to_string() + "/";
  fetching.start("one", url);
  fetching.start("two", url);
  for (const auto* id : {"one", "two"}) {
    const auto& ended = fetching.wait_for(id);
    REQUIRE_FALSE(ended.outcome.has_value());
    CHECK(ended.outcome.error().kind == ErrorKind::connect_refused);
  }
  CHECK(fetching.fetcher.active() == 0);
  CHECK(fetching.fetcher.pool().size() == 0);
}
