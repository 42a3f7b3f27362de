// The resolver and the c-ares channel below it, against a name server that says what the test wants.
#include "net/resolver.hpp"

#include <cstdlib>

#include "catch2_shim.hpp"
#include "least_time.hpp"
#include "name_server.hpp"

using namespace nbcrawl;

namespace {

struct Fixture {
  explicit Fixture(std::map<std::string, NameAnswer> names, ResolverOptions options = {}) : server(std::move(names)) {
    auto created = EventLoop::create(MultiplexerKind::poll);
    REQUIRE(created.has_value());
    loop = std::move(*created);
    options.dns_servers = server.address();
    auto made = Resolver::create(*loop, std::move(options));
    REQUIRE(made.has_value());
    resolver = std::move(*made);
  }

  void run_until(const bool& done) {
    while (!done) REQUIRE(loop->run_once().has_value());
  }

  Addresses ask(const std::string& host) {
    Addresses outcome;
    bool done = false;
    const auto query = resolver->ask(host, [&](const Addresses& answer) {
      outcome = answer;
      done = true;
    });
    CHECK_FALSE(done);  // never from within the call
    run_until(done);
    return outcome;
  }

  NameServer server;
  std::unique_ptr<EventLoop> loop;
  std::unique_ptr<Resolver> resolver;
};

std::string ips(const Addresses& addresses) {
  std::string all;
  for (const Address& address : addresses.value()) all += address.ip() + " ";
  return all;
}

constexpr AddressFamily ipv4 = AddressFamily::ipv4;

/// The search list of resolv.conf(5), and below how many dots it comes first, for as long as this lives.
struct SearchList {
  SearchList(const char* domains, const char* options) {
    ::setenv("LOCALDOMAIN", domains, 1);
    ::setenv("RES_OPTIONS", options, 1);
  }
  ~SearchList() {
    ::unsetenv("LOCALDOMAIN");
    ::unsetenv("RES_OPTIONS");
  }
  SearchList(const SearchList&) = delete;
  SearchList& operator=(const SearchList&) = delete;
};

}  // namespace

TEST_CASE("a name is looked up once in its TTL; the answer comes with the port that is wanted") {
  Fixture at({{"a.test", {.ipv4 = {"127.0.0.1", "127.0.0.2"}}}}, {.family = ipv4});
  CHECK_FALSE(at.resolver->find("a.test", 80).has_value());
  CHECK(ips(at.ask("a.test")) == "127.0.0.1 127.0.0.2 ");
  for (const std::uint16_t port : {std::uint16_t{80}, std::uint16_t{8080}}) {
    const auto known = at.resolver->find("a.test", port);
    REQUIRE(known.has_value());
    CHECK(ips(*known) == "127.0.0.1 127.0.0.2 ");
    CHECK((**known)[1].port() == port);
  }
  CHECK(at.server.udp_questions() == 1);
}

TEST_CASE("an answer is believed for the least of its TTLs and the limit") {
  Fixture none({{"a.test", {.ipv4 = {"127.0.0.1"}, .ttl = 0}}}, {.family = ipv4});
  CHECK(none.ask("a.test").has_value());
  CHECK_FALSE(none.resolver->find("a.test", 80).has_value());
  CHECK(none.ask("a.test").has_value());
  CHECK(none.server.udp_questions() == 2);

  Fixture limited({{"a.test", {.ipv4 = {"127.0.0.1"}, .ttl = 60}}},
                  {.family = ipv4, .max_ttl = std::chrono::seconds(0)});
  CHECK(limited.ask("a.test").has_value());
  CHECK_FALSE(limited.resolver->find("a.test", 80).has_value());
}

TEST_CASE("that a name does not exist is remembered; that a server failed is not") {
  Fixture at({{"bad.test", {.code = 2}}, {"empty.test", {}}}, {.family = ipv4});
  CHECK(at.ask("none.test").error().kind == ErrorKind::dns_not_found);
  CHECK(at.ask("none.test").error().detail == "no address found for host none.test");
  CHECK(at.resolver->find("none.test", 80).value().error().kind == ErrorKind::dns_not_found);
  CHECK(at.ask("empty.test").error().kind == ErrorKind::dns_not_found);
  CHECK(at.resolver->find("empty.test", 80).has_value());

  const Addresses failed = at.ask("bad.test");
  REQUIRE_FALSE(failed.has_value());
  CHECK(failed.error().kind == ErrorKind::dns_failed);
  CHECK(failed.error().phase == Phase::resolve);
  CHECK(failed.error().detail.starts_with("can't resolve host bad.test: "));
  CHECK_FALSE(at.resolver->find("bad.test", 80).has_value());
}

TEST_CASE("the negative TTL ends") {
  Fixture at({}, {.family = ipv4, .negative_ttl = std::chrono::seconds(0)});
  CHECK_FALSE(at.ask("none.test").has_value());
  CHECK_FALSE(at.resolver->find("none.test", 80).has_value());
}

TEST_CASE("the cache has a bound: the oldest name goes, and one asked for again is young again") {
  Fixture at(
      {{"a.test", {.ipv4 = {"127.0.0.1"}}}, {"b.test", {.ipv4 = {"127.0.0.2"}}}, {"c.test", {.ipv4 = {"127.0.0.3"}}}},
      {.family = ipv4, .max_cached_names = 2});
  for (const auto* name : {"a.test", "b.test", "a.test", "c.test"}) CHECK(at.ask(name).has_value());
  CHECK(at.resolver->find("a.test", 80).has_value());
  CHECK_FALSE(at.resolver->find("b.test", 80).has_value());
  CHECK(at.resolver->find("c.test", 80).has_value());
}

TEST_CASE("a cache of no names keeps none") {
  Fixture at({{"a.test", {.ipv4 = {"127.0.0.1"}}}}, {.family = ipv4, .max_cached_names = 0});
  for (int i = 0; i < 2; ++i) CHECK(at.ask("a.test").has_value());
  CHECK_FALSE(at.resolver->find("a.test", 80).has_value());
}

TEST_CASE("an answer that does not fit is asked for over TCP; the first addresses of each family are taken") {
  NameAnswer many{.needs_tcp = true};
  for (int i = 0; i < 2000; ++i) {
    const std::string number = std::to_string(i + 1);
    many.ipv4.push_back("127.1." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250));
    many.ipv6.push_back("fd00::" + number);
  }
  Fixture at({{"many.test", many}});
  const Addresses taken = at.ask("many.test");
  REQUIRE(taken.has_value());
  CHECK(taken->size() == 2 * AresChannel::most_addresses);
  std::size_t of_ipv4 = 0;
  std::size_t of_ipv6 = 0;
  for (const Address& address : *taken) {
    const auto& of_family = address.family() == AF_INET ? many.ipv4[of_ipv4++] : many.ipv6[of_ipv6++];
    CHECK(address.ip() == of_family);
  }
  CHECK(of_ipv4 == of_ipv6);
  CHECK(at.server.tcp_questions() == 2);
}

TEST_CASE("where a name server answers for one family only, that one is enough") {
  const std::vector<std::string> v4 = {"127.0.0.1"};
  const std::vector<std::string> v6 = {"::1"};
  Fixture at({{"four.test", {.ipv4 = v4, .ipv6 = v6, .is_silent_for_ipv6 = true}},
              {"six.test", {.ipv4 = v4, .ipv6 = v6, .is_silent_for_ipv4 = true}}});
  const Duration least = least_time(milliseconds(300), [&] { CHECK(ips(at.ask("four.test")) == "127.0.0.1 "); });
  CHECK(least >= AresChannel::half_delay);
  CHECK(least < milliseconds(300));
  CHECK(ips(at.ask("six.test")) == "::1 ");
  CHECK(at.resolver->find("six.test", 80).has_value());
}

TEST_CASE("IPv6 alone is no answer while IPv4 may still come: the machine may have none") {
  Fixture at({{"a.test", {.ipv4 = {"127.0.0.1"}, .ipv6 = {"::1"}, .silent_times_for_ipv4 = 1}}});
  CHECK(ips(at.ask("a.test")) == "127.0.0.1 ");
  CHECK(at.server.udp_questions() == 3);
}

TEST_CASE("an answer for one family is not believed for its TTL: the other's may only have been late") {
  Fixture at({{"a.test", {.ipv4 = {"127.0.0.1"}, .ttl = 3600, .is_silent_for_ipv6 = true}},
              {"b.test", {.ipv4 = {"127.0.0.1"}, .ttl = 3600}}});
  auto channel = AresChannel::create(*at.loop, at.server.address()).value();
  const auto ttl_of = [&](const char* host) {
    std::optional<std::chrono::seconds> found;
    channel->ask(host, AddressFamily::any, [&](const Addresses& answer, std::chrono::seconds ttl) {
      CHECK(answer.has_value());
      found = ttl;
    });
    while (!found) REQUIRE(at.loop->run_once().has_value());
    return *found;
  };
  CHECK(ttl_of("a.test") == AresChannel::half_ttl);
  CHECK(ttl_of("b.test") == std::chrono::seconds(3600));
}

TEST_CASE("an answer for one family that is no message does not spoil the other's") {
  Fixture at({{"a.test", {.ipv4 = {"127.0.0.1"}, .ipv6 = {"::1"}, .is_cut_for_ipv6 = true}},
              {"b.test", {.ipv6 = {"::1"}, .is_cut_for_ipv6 = true}}});
  const Duration least = least_time(AresChannel::half_delay, [&] { CHECK(ips(at.ask("a.test")) == "127.0.0.1 "); });
  CHECK(least < AresChannel::half_delay);
  CHECK(at.ask("b.test").error().kind == ErrorKind::dns_failed);
}

TEST_CASE("both families cost two questions where the server answers, whatever it says") {
  Fixture at({{"both.test", {.ipv4 = {"127.0.0.1"}, .ipv6 = {"::1"}}},
              {"four.test", {.ipv4 = {"127.0.0.1"}}},
              {"six.test", {.ipv6 = {"::1"}}},
              {"empty.test", {}}});
  CHECK(at.ask("both.test").value().size() == 2);
  CHECK(ips(at.ask("four.test")) == "127.0.0.1 ");
  CHECK(ips(at.ask("six.test")) == "::1 ");
  const TimePoint begin = Clock::now();
  // The dot at their end keeps what has no address, or is not known, from being looked for in the search list too.
  CHECK(at.ask("empty.test.").error().kind == ErrorKind::dns_not_found);
  CHECK(at.ask("none.test.").error().kind == ErrorKind::dns_not_found);
  CHECK(Clock::now() - begin < AresChannel::half_delay);
  CHECK(at.server.udp_questions() == 10);
}

TEST_CASE("that there is no address is believed at once when it is late, whatever is still asked") {
  Fixture at({{"none.test", {.code = 3, .is_one_behind = true}}, {"empty.test", {.is_one_behind = true}}});
  for (const int questions : {3, 6}) {  // for each family, and IPv4 alone, which has no answer
    const TimePoint begin = Clock::now();
    CHECK(at.ask(questions == 3 ? "none.test." : "empty.test.").error().kind == ErrorKind::dns_not_found);
    CHECK(Clock::now() - begin < std::chrono::seconds(2));  // then IPv4 alone is asked for again
    CHECK(at.server.udp_questions() == questions);
  }
}

TEST_CASE("a name that the search list is tried for first is not asked for in halves: they may find another host") {
  const SearchList search("corp.test", "ndots:2");
  const NameAnswer half{.ipv4 = {"127.0.0.1"}, .is_silent_for_ipv6 = true};
  const NameAnswer other{.ipv4 = {"127.0.0.9"}, .is_silent_for_ipv6 = true};
  Fixture at({{"one.corp.test", half}, {"one", other}, {"a.b.corp.test", half}, {"a.b", other}, {"a.b.c", half}});
  const auto never = [](const Addresses&) { FAIL("told of a half"); };
  const auto one = at.resolver->ask("one", never);
  const auto two = at.resolver->ask("a.b", never);
  // These as they are. Their halves are asked after those of the others would be, and the server answers in order.
  CHECK(ips(at.ask("a.b.c")) == "127.0.0.1 ");
  CHECK(at.server.udp_questions() == 7);
  CHECK(ips(at.ask("one.")) == "127.0.0.9 ");
}

TEST_CASE("who asks for a name that is being looked up waits for the same answer") {
  Fixture at({{"a.test", {.ipv4 = {"127.0.0.1"}}}}, {.family = ipv4});
  int told = 0;
  bool done = false;
  std::unique_ptr<Resolver::Query> third;
  const auto first = at.resolver->ask("a.test", [&](const Addresses& answer) {
    CHECK(answer.has_value());
    ++told;
    third.reset();  // the one behind it: it must not be told any more
  });
  auto cancelled = at.resolver->ask("a.test", [&](const Addresses&) { FAIL("cancelled"); });
  third = at.resolver->ask("a.test", [&](const Addresses&) { FAIL("cancelled by another"); });
  const auto last = at.resolver->ask("a.test", [&](const Addresses&) {
    ++told;
    done = true;
  });
  cancelled.reset();
  at.run_until(done);
  CHECK(told == 2);
  CHECK(at.server.udp_questions() == 1);
}

TEST_CASE("who is told may ask again at once, and may give up the query that told it") {
  Fixture at({{"a.test", {.ipv4 = {"127.0.0.1"}, .ttl = 0}}}, {.family = ipv4});
  bool done = false;
  std::unique_ptr<Resolver::Query> query;
  query = at.resolver->ask("a.test", [&](const Addresses&) {
    query = at.resolver->ask("a.test", [&](const Addresses& answer) { done = answer.has_value(); });
  });
  at.run_until(done);
  CHECK(at.server.udp_questions() == 2);
}

TEST_CASE("a resolver may end while a question is under way") {
  Fixture at({{"a.test", {.is_silent = true}}}, {.family = ipv4});
  auto query = at.resolver->ask("a.test", [](const Addresses&) { FAIL("told after the end"); });
  REQUIRE(at.loop->watched() == 1);
  while (at.server.udp_questions() == 0) REQUIRE(at.loop->run_once(true).has_value());
  query.reset();
  at.resolver.reset();
  CHECK(at.loop->watched() == 0);
  REQUIRE(at.loop->run_once(true).has_value());
}

TEST_CASE("a resolver may end while one family is still to come: nobody is told of the other") {
  Fixture at({{"a.test", {.ipv4 = {"127.0.0.1"}, .is_silent_for_ipv6 = true}}});
  auto channel = AresChannel::create(*at.loop, at.server.address()).value();
  channel->ask("a.test", AddressFamily::any,
               [](const Addresses&, std::chrono::seconds) { FAIL("told after the end"); });
  while (at.server.udp_questions() < 2) REQUIRE(at.loop->run_once(true).has_value());
  REQUIRE(at.loop->run_once().has_value());  // the answer for IPv4 comes
  channel.reset();
  REQUIRE(at.loop->run_once(true).has_value());
}

TEST_CASE("a resolver may end while the families are asked for one by one") {
  Fixture at({{"a.test", {.is_silent = true}}});
  auto query = at.resolver->ask("a.test", [](const Addresses&) { FAIL("told after the end"); });
  while (at.server.udp_questions() < 3) REQUIRE(at.loop->run_once().has_value());
  query.reset();
  at.resolver.reset();
  CHECK(at.loop->watched() == 0);
  REQUIRE(at.loop->run_once(true).has_value());
  CHECK_FALSE(at.loop->timers().next().has_value());
}

TEST_CASE("literals and pinned names need no look-up, and obey the family") {
  ResolverOptions options{.family = ipv4};
  options.pinned = {PinnedName::parse("a.test:80:127.0.0.9").value(), PinnedName::parse("*:81:[::1]").value()};
  Fixture at({}, options);
  CHECK(ips(at.resolver->find("a.test", 80).value()) == "127.0.0.9 ");
  CHECK_FALSE(at.resolver->find("a.test", 8080).has_value());
  CHECK(ips(at.resolver->find("127.0.0.1", 80).value()) == "127.0.0.1 ");
  CHECK(at.resolver->find("::1", 80).value().error().detail == "host ::1 has no IPv4 address");
  CHECK(at.resolver->find("any.test", 81).value().error().kind == ErrorKind::dns_not_found);
  CHECK(at.server.udp_questions() == 0);
}

TEST_CASE("pins: HOST:PORT:ADDRESS[,ADDRESS]") {
  const PinnedName pin = PinnedName::parse("EXAMPLE.test:443:127.0.0.1,[::1]").value();
  CHECK(pin.host == "example.test");
  CHECK(pin.port == 443);
  CHECK(pin.addresses.size() == 2);
  CHECK(PinnedName::parse("[::1]:80:127.0.0.1").value().host == "::1");
  for (const auto* bad : {"", "a", "a:80", "a:80:", "a:x:127.0.0.1", "a:0:127.0.0.1", "a:65536:127.0.0.1",
                          ":80:127.0.0.1", "a:80:b", "a:80:127.0.0.1,b"}) {
    INFO(bad);
    const auto parsed = PinnedName::parse(bad);
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().kind == ErrorKind::invalid_job);
    CHECK(parsed.error().detail.starts_with("'" + std::string(bad) + "' is not HOST:PORT:ADDRESS"));
  }
}

TEST_CASE("a list of name servers has addresses, perhaps with ports") {
  auto loop = EventLoop::create(MultiplexerKind::poll).value();
  for (const char* good : {"127.0.0.1", "127.0.0.1:53,127.0.0.2:65535", "::1", "[::1]:5353"}) {
    INFO(good);
    CHECK(Resolver::create(*loop, {.dns_servers = good}).has_value());
  }
  for (const char* bad : {"not an address", "a.test", "1.2.3", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
                          "127.0.0.1:+1", "[::1]:99999", "[::1]", "[::1", "[127.0.0.1]:53", "::1:99999", "[::1:53",
                          "127.0.0.1, ::1", "[::1]53", "[]:53", "127.0.0.1,", ",127.0.0.1"}) {
    INFO(bad);
    const auto made = Resolver::create(*loop, {.dns_servers = bad});
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().kind == ErrorKind::invalid_job);
    CHECK(made.error().detail.starts_with("bad list of name servers: '"));
  }
}
