#include "net/dialer.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include "catch2_shim.hpp"

using namespace nbcrawl;

namespace {

/// A listening socket of the loopback interface; nobody accepts.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    const Address any = *Address::parse("127.0.0.1", 0);
    REQUIRE(::bind(fd_.get(), any.data(), any.size()) == 0);
    REQUIRE(::listen(fd_.get(), 8) == 0);
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0);
    address = *Address::from(reinterpret_cast<sockaddr*>(&name), size);
  }
  [[nodiscard]] bool has_client() const { return static_cast<bool>(UniqueFd(::accept(fd_.get(), nullptr, nullptr))); }
  Address address;

 private:
  UniqueFd fd_;
};

Result<Dialed> dial(EventLoop& loop, std::vector<Address> addresses, Dialer::Reach reach) {
  std::optional<Result<Dialed>> outcome;
  Dialer dialer(loop, std::move(addresses), reach, [&](Result<Dialed> dialed) { outcome = std::move(dialed); });
  CHECK_FALSE(outcome.has_value());  // never from within the constructor
  while (!outcome.has_value()) REQUIRE(loop.run_once().has_value());
  return std::move(*outcome);
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
  const auto dialed = dial(*loop, {listener.address}, Dialer::Reach::all_addresses);
  REQUIRE(dialed.has_value());
  CHECK(dialed->peer.to_string() == listener.address.to_string());
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
  CHECK_FALSE(listener.has_client());
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
