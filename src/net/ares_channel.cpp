#include "net/ares_channel.hpp"

#include <ares.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/descriptor_shortage.hpp"
#include "net/ares_sockets.hpp"
#include "net/name_servers.hpp"

namespace nbcrawl {

namespace {

constexpr int query_timeout_ms = 2000;
constexpr int query_tries = 3;

ErrorKind kind_of(int status) noexcept {
  switch (status) {
    case ARES_ENOTFOUND:
    case ARES_ENODATA:
    case ARES_EBADNAME: return ErrorKind::dns_not_found;
    case ARES_ETIMEOUT: return ErrorKind::dns_timeout;
    default: return ErrorKind::dns_failed;
  }
}

std::string sentence(const std::string& host, int status) {
  switch (kind_of(status)) {
    case ErrorKind::dns_not_found: return "no address found for host " + host;
    case ErrorKind::dns_timeout: return "no name server answered for host " + host;
    default: return "can't resolve host " + host + ": " + ares_strerror(status);
  }
}

Error failure(const std::string& host, int status) {
  // c-ares says only that it reached no server.
  if (kind_of(status) == ErrorKind::dns_failed && are_descriptors_short()) {
    return {.kind = ErrorKind::out_of_descriptors,
            .phase = Phase::resolve,
            .sys_errno = EMFILE,
            .detail = "can't resolve host " + host + ": no descriptor is left to ask with"};
  }
  return {.kind = kind_of(status), .phase = Phase::resolve, .detail = sentence(host, status)};
}

int to_system(AddressFamily family) noexcept {
  switch (family) {
    case AddressFamily::ipv4: return AF_INET;
    case AddressFamily::ipv6: return AF_INET6;
    case AddressFamily::any: break;
  }
  return AF_UNSPEC;
}

}  // namespace

/// One of c-ares' sockets. c-ares has it opened and closed (ares_sockets.hpp); here it is watched only.
class AresChannel::Socket final : public Pollable {
 public:
  Socket(AresChannel& owner, int fd) : owner_(owner), fd_(fd) {}
  [[nodiscard]] int fileno() const noexcept override { return fd_; }
  void on_ready(bool readable, bool writable) override {
    owner_.process(readable ? fd_ : ARES_SOCKET_BAD, writable ? fd_ : ARES_SOCKET_BAD);
  }
  Registration registration;

 private:
  AresChannel& owner_;
  int fd_;
};

struct AresChannel::Question {
  EventLoop& loop;
  std::string host;
  OnAnswer on_answer;

  /// c-ares calls this from within its own functions: take the answer and leave, the rest is done by the loop.
  static void answered(void* argument, int status, int /*timeouts*/, ares_addrinfo* found) noexcept {
    std::unique_ptr<Question> self(static_cast<Question*>(argument));
    if (status == ARES_EDESTRUCTION || status == ARES_ECANCELLED) return;
    std::vector<Address> addresses;
    std::chrono::seconds ttl = std::chrono::seconds::max();
    if (status == ARES_SUCCESS) {
      for (const ares_addrinfo_node* node = found->nodes; node != nullptr; node = node->ai_next) {
        if (auto address = Address::from(node->ai_addr, node->ai_addrlen)) {
          addresses.push_back(*address);
          ttl = std::min(ttl, std::chrono::seconds(std::max(node->ai_ttl, 0)));
        }
      }
      ares_freeaddrinfo(found);
      if (addresses.empty()) status = ARES_ENODATA;
    }
    Addresses answer = std::move(addresses);
    if (status != ARES_SUCCESS) answer = std::unexpected(failure(self->host, status));
    EventLoop& loop = self->loop;
    loop.post([self = std::move(self), answer = std::move(answer), ttl]() mutable {
      self->on_answer(std::move(answer), ttl);
    });
  }
};

AresChannel::AresChannel(EventLoop& loop)
    : loop_(loop), timer_(loop.timers(), [this] { process(ARES_SOCKET_BAD, ARES_SOCKET_BAD); }) {}

Result<std::unique_ptr<AresChannel>> AresChannel::create(EventLoop& loop, const std::string& servers) {
  std::unique_ptr<AresChannel> self(new AresChannel(loop));
  ares_options options{};
  options.timeout = query_timeout_ms;
  options.tries = query_tries;
  options.sock_state_cb_data = self.get();
  options.sock_state_cb = [](void* data, ares_socket_t fd, int readable, int writable) noexcept {
    static_cast<AresChannel*>(data)->watch(fd, readable != 0, writable != 0);
  };
  if (const int status =
          ares_init_options(&self->channel_, &options, ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB);
      status != ARES_SUCCESS) {
    return std::unexpected(Error{.kind = ErrorKind::dns_failed,
                                 .phase = Phase::resolve,
                                 .detail = std::string("can't start the resolver: ") + ares_strerror(status)});
  }
  use_interruptible_sockets(self->channel_);
  if (servers.empty()) return self;
  if (auto good = check_name_servers(servers); !good) return std::unexpected(std::move(good.error()));
  if (const int status = ares_set_servers_ports_csv(self->channel_, servers.c_str()); status != ARES_SUCCESS) {
    return std::unexpected(Error{.kind = ErrorKind::invalid_job,
                                 .phase = Phase::resolve,
                                 .detail = "bad list of name servers '" + servers + "': " + ares_strerror(status)});
  }
  return self;
}

AresChannel::~AresChannel() {
  if (channel_ != nullptr) ares_destroy(channel_);
}

void AresChannel::ask(const std::string& host, AddressFamily family, OnAnswer on_answer) {
  auto question = std::make_unique<Question>(Question{.loop = loop_, .host = host, .on_answer = std::move(on_answer)});
  ares_addrinfo_hints hints{};
  hints.ai_family = to_system(family);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = ARES_AI_NOSORT;  // sorting opens a socket for each address; the dialer interleaves families itself
  ares_getaddrinfo(channel_, host.c_str(), nullptr, &hints, &Question::answered, question.release());
  arm_timer();
}

void AresChannel::process(int readable_fd, int writable_fd) {
  ares_process_fd(channel_, readable_fd, writable_fd);
  arm_timer();
}

void AresChannel::watch(int fd, bool readable, bool writable) {
  const auto known =
      std::find_if(sockets_.begin(), sockets_.end(), [fd](const auto& socket) { return socket->fileno() == fd; });
  if (!readable && !writable) {
    if (known == sockets_.end()) return;
    (*known)->registration.reset();  // now: c-ares closes the descriptor next
    loop_.retire(std::move(*known));
    sockets_.erase(known);
    return;
  }
  const Interest interest{.readable = readable, .writable = writable};
  if (known != sockets_.end()) {
    // Where that is refused the look-up ends by its own time-out.
    static_cast<void>((*known)->registration.set_interest(interest));
    return;
  }
  auto socket = std::make_unique<Socket>(*this, fd);
  if (auto registration = loop_.watch(*socket, interest)) {
    socket->registration = std::move(*registration);
    sockets_.push_back(std::move(socket));
  }
}

void AresChannel::arm_timer() {
  timeval buffer{};
  if (const timeval* next = ares_timeout(channel_, nullptr, &buffer)) {
    timer_.arm(Clock::now() + std::chrono::seconds(next->tv_sec) + microseconds(next->tv_usec));
  } else {
    timer_.disarm();
  }
}

}  // namespace nbcrawl
