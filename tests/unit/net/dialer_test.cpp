#include "net/dialer.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "catch2_shim.hpp"
#include "least_time.hpp"
#include "listener.hpp"

using namespace nbcrawl;

namespace {

Result<Dialed> dial(EventLoop& loop, std::vector<Address> addresses, Dialer::Reach reach) {
  std::optional<Result<Dialed>> outcome;
  Dialer dialer(loop, std::move(addresses), reach, [&](Result<Dialed> dialed) { outcome = std::move(dialed); });
  CHECK_FALSE(outcome.has_value());  // never from within the constructor
  while (!outcome.has_value()) REQUIRE(loop.run_once().has_value());
  return std::move(*outcome);
}

Result<Dialed> dial(EventLoop& loop, std::vector<Address> addresses) {
  return dial(loop, std::move(addresses), Dialer::Reach::all_addresses);
}

std::unique_ptr<EventLoop> make_loop() {
  auto loop = EventLoop::create(MultiplexerKind::poll);
  REQUIRE(loop.has_value());
  return std::move(*loop);
}

/// No descriptor is to be had: what is dialled fails before a packet leaves.
class NoDescriptors {
 public:
  NoDescriptors() {
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
    const UniqueFd next(::dup(STDERR_FILENO));
    const rlimit none{.rlim_cur = static_cast<rlim_t>(next.get()), .rlim_max = before_.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  }
  ~NoDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE("a dialer that may reach all addresses reaches a private one") {
  const Listener listener;
  const auto loop = make_loop();
  const auto dialed = dial(*loop, {listener.address});
  REQUIRE(dialed.has_value());
  CHECK(dialed->peer.to_string() == listener.address.to_string());
}

TEST_CASE("a dialer without an address fails, from the loop") {
  const auto loop = make_loop();
  const auto dialed = dial(*loop, {});
  REQUIRE_FALSE(dialed.has_value());
  CHECK(dialed.error().kind == ErrorKind::connect_failed);
}

TEST_CASE("a dialer for public addresses opens no connection to any other") {
  const Listener listener;
  const Address mapped = *Address::parse("::ffff:127.0.0.1", listener.address.port());
  const auto loop = make_loop();
  const auto dialed = dial(*loop, {listener.address, mapped, listener.address}, Dialer::Reach::public_addresses);
  REQUIRE_FALSE(dialed.has_value());
  CHECK(dialed.error().kind == ErrorKind::address_denied);
  CHECK(dialed.error().phase == Phase::connect);
  CHECK(dialed.error().detail.find("127.0.0.1 is a loopback address") != std::string::npos);
  CHECK_FALSE(listener.accept());
}

TEST_CASE("of public and other addresses only the public are tried, and their failure is told") {
  const auto loop = make_loop();
  const Address private_address = *Address::parse("10.0.0.1", 80);
  const Address public_address = *Address::parse("8.8.8.8", 80);
  const NoDescriptors none;
  for (const auto& addresses : {std::vector{private_address, public_address}, {public_address, private_address}}) {
    const auto dialed = dial(*loop, addresses, Dialer::Reach::public_addresses);
    REQUIRE_FALSE(dialed.has_value());
    CHECK(dialed.error().kind == ErrorKind::out_of_descriptors);
    CHECK(dialed.error().detail.find("8.8.8.8") != std::string::npos);
  }
}

TEST_CASE("an address that refuses costs nothing where there is another") {
  const Listener listener;
  const auto loop = make_loop();
  const Duration least = least_time(Dialer::attempt_delay, [&] {
    const auto dialed = dial(*loop, {refusing_address(), refusing_address(), listener.address});
    REQUIRE(dialed.has_value());
    CHECK(dialed->peer.port() == listener.address.port());
  });
  CHECK(least < Dialer::attempt_delay);
}

TEST_CASE("beside an address that does not answer the next is tried after the attempt delay, and wins") {
  const DeadAddress dead;
  const Listener listener;
  const auto loop = make_loop();
  const Duration least = least_time(milliseconds(300), [&] {
    const auto dialed = dial(*loop, {dead.address(), listener.address});
    REQUIRE(dialed.has_value());
    CHECK(dialed->peer.port() == listener.address.port());
  });
  CHECK(least >= Dialer::attempt_delay);
  CHECK(least < milliseconds(300));
  CHECK(loop->watched() == 0);  // the other attempt is given up
}

TEST_CASE("IPv6 is tried first, in whatever order the addresses come, and IPv4 where it fails") {
  const Listener v4;
  const auto loop = make_loop();
  const Address v6_address = *Address::parse("::1", v4.address.port());
  SECTION("both answer") {
    if (!has_ipv6()) {
      WARN("no IPv6 here: not tried");
      return;
    }
    const Listener v6("::1", v4.address.port());
    CHECK(dial(*loop, {v4.address, v6_address}).value().peer.ip() == "::1");
  }
  SECTION("only IPv4 does") { CHECK(dial(*loop, {v6_address, v4.address}).value().peer.ip() == "127.0.0.1"); }
}

TEST_CASE("where no address answers, the last failure is told with its address") {
  const auto loop = make_loop();
  const Address last = refusing_address();
  const auto dialed = dial(*loop, {refusing_address(), last});
  REQUIRE_FALSE(dialed.has_value());
  CHECK(dialed.error().kind == ErrorKind::connect_refused);
  CHECK(dialed.error().phase == Phase::connect);
  CHECK(dialed.error().sys_errno == ECONNREFUSED);
  CHECK(dialed.error().detail == "can't connect to " + last.to_string() + ": Connection refused");
}

TEST_CASE("what can't be sent anywhere fails from the loop like what is refused") {
  const auto loop = make_loop();
  // A broadcast address, which connect(2) refuses before it sends anything.
  const auto dialed = dial(*loop, {*Address::parse("255.255.255.255", 80)});
  REQUIRE_FALSE(dialed.has_value());
  CHECK(dialed.error().phase == Phase::connect);
  const Listener listener;
  CHECK(dial(*loop, {*Address::parse("255.255.255.255", 80), listener.address}).has_value());
}

TEST_CASE("five hundred addresses that refuse are gone through one after another, not on the stack") {
  const auto loop = make_loop();
  const auto dialed = dial(*loop, std::vector<Address>(500, refusing_address()));
  REQUIRE_FALSE(dialed.has_value());
  CHECK(dialed.error().kind == ErrorKind::connect_refused);
}

TEST_CASE("a dialer that is destroyed gives up: nothing is watched, nobody is told") {
  const DeadAddress dead;
  const auto loop = make_loop();
  bool was_told = false;
  auto dialer = std::make_unique<Dialer>(*loop, std::vector{dead.address(), dead.address()},
                                         Dialer::Reach::all_addresses, [&](const Result<Dialed>&) { was_told = true; });
  REQUIRE(loop->watched() == 1);
  dialer.reset();
  CHECK(loop->watched() == 0);
  REQUIRE(loop->run_once(true).has_value());
  CHECK_FALSE(was_told);
}
