#include "net/dialer.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/special_address.hpp"

namespace nbcrawl {

namespace {

ErrorKind kind_of(int cause) noexcept {
  switch (cause) {
    case ECONNREFUSED: return ErrorKind::connect_refused;
    case ETIMEDOUT: return ErrorKind::connect_timeout;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN: return ErrorKind::connect_unreachable;
    case ECONNRESET: return ErrorKind::connection_reset;
    case EMFILE:
    case ENFILE: return ErrorKind::out_of_descriptors;
    default: return ErrorKind::connect_failed;
  }
}

/// RFC 8305 section 4: alternate the families, IPv6 first, each in the order the resolver gave.
std::vector<Address> interleaved(const std::vector<Address>& addresses) {
  std::vector<Address> v6;
  std::vector<Address> v4;
  for (const Address& address : addresses) (address.family() == AF_INET6 ? v6 : v4).push_back(address);
  std::vector<Address> order;
  order.reserve(addresses.size());
  for (std::size_t i = 0; i < std::max(v6.size(), v4.size()); ++i) {
    if (i < v6.size()) order.push_back(v6[i]);
    if (i < v4.size()) order.push_back(v4[i]);
  }
  return order;
}

/// connect(2) gives one errno where no local port is left and where the machine has no address of the family to connect
/// from: the second is true of UDP as well, which has ports of its own.
bool has_no_source_address(const Address& to) noexcept {
  const UniqueFd probe(::socket(to.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return probe && ::connect(probe.get(), to.data(), to.size()) != 0 && errno == EADDRNOTAVAIL;
}

Error no_address() {
  return {.kind = ErrorKind::connect_failed, .phase = Phase::connect, .detail = "there is no address to connect to"};
}

}  // namespace

/// One connecting socket. Passive: it is told when its descriptor is ready and tells the dialer.
class Dialer::Attempt final : public Pollable {
 public:
  Attempt(Dialer& dialer, UniqueFd socket, const Address& to) : fd(std::move(socket)), address(to), dialer_(dialer) {}
  [[nodiscard]] int fileno() const noexcept override { return fd.get(); }
  void on_ready(bool /*readable*/, bool /*writable*/) override { dialer_.on_attempt(*this); }

  UniqueFd fd;
  Address address;
  Registration registration;

 private:
  Dialer& dialer_;
};

Dialer::Dialer(EventLoop& loop, std::vector<Address> addresses, Reach reach, OnDone on_done)
    : loop_(loop),
      addresses_(addresses.size() > 1 ? interleaved(addresses) : std::move(addresses)),
      reach_(reach),
      on_done_(std::move(on_done)),
      timer_(loop.timers(), [this] { start_next(); }) {
  addresses_.empty() ? go_on() : start_next();
}

Dialer::~Dialer() = default;

void Dialer::start_next() {
  if (next_ == addresses_.size()) return finish(std::unexpected(failure_.value_or(no_address())));
  const Address address = addresses_[next_++];
  if (reach_ == Reach::public_addresses) {
    if (auto allowed = require_public(address); !allowed) return deny(std::move(allowed.error()));
  }
  UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return fail(address, errno);
  const int yes = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  // EINPROGRESS is the normal start of a non-blocking connect; a connect that is done at once is reported by the loop
  // too.
  if (::connect(fd.get(), address.data(), address.size()) != 0 && errno != EINPROGRESS) return fail(address, errno);
  auto attempt = std::make_unique<Attempt>(*this, std::move(fd), address);
  auto registration = loop_.watch(*attempt, {.writable = true});
  if (!registration) return fail(address, registration.error().sys_errno);
  attempt->registration = std::move(*registration);
  attempts_.push_back(std::move(attempt));
  if (next_ < addresses_.size()) timer_.arm(Clock::now() + attempt_delay);
}

void Dialer::on_attempt(Attempt& attempt) {
  // Writable alone is not success: only SO_ERROR tells a connected socket from a refused one.
  int cause = 0;
  socklen_t size = sizeof cause;
  if (::getsockopt(attempt.fd.get(), SOL_SOCKET, SO_ERROR, &cause, &size) != 0) cause = errno;
  attempt.registration.reset();
  const Address address = attempt.address;
  if (cause == 0) return finish(Dialed{.stream = std::make_unique<TcpStream>(std::move(attempt.fd)), .peer = address});
  attempt.fd.reset();  // now, not after the pass: the next attempt may need the descriptor
  const auto self =
      std::find_if(attempts_.begin(), attempts_.end(), [&](const auto& other) { return other.get() == &attempt; });
  loop_.retire(std::move(*self));
  attempts_.erase(self);
  fail(address, cause);
}

void Dialer::fail(const Address& address, int cause) {
  // It does not wait for others to give a port back, then: the host can't be reached from here.
  if (cause == EADDRNOTAVAIL && has_no_source_address(address)) cause = ENETUNREACH;
  failure_ = Error{.kind = kind_of(cause),
                   .phase = Phase::connect,
                   .sys_errno = cause,
                   .detail = "can't connect to " + address.to_string() + ": " + std::strerror(cause)};
  go_on();
}

void Dialer::deny(Error error) {
  // Beside a public address that failed, the one that was never tried is no news.
  if (!failure_) failure_ = std::move(error);
  go_on();
}

void Dialer::go_on() {
  // At once, but from the loop: an address list must not become a call stack, nor an answer come too early.
  if (next_ < addresses_.size() || attempts_.empty()) timer_.arm(loop_.now());
}

void Dialer::finish(Result<Dialed> result) {
  timer_.disarm();
  for (auto& attempt : attempts_) {
    attempt->registration.reset();  // a report of this very pass must not reach it any more
    attempt->fd.reset();
    loop_.retire(std::move(attempt));
  }
  attempts_.clear();
  on_done_(std::move(result));
}

std::unique_ptr<Dial> dial(EventLoop& loop, std::vector<Address> addresses, Dialer::Reach reach,
                           Dialer::OnDone on_done) {
  return std::make_unique<Dialer>(loop, std::move(addresses), reach, std::move(on_done));
}

}  // namespace nbcrawl
