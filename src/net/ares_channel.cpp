#include "net/ares_channel.hpp"

#include <ares.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <utility>

#include "base/descriptor_shortage.hpp"
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

struct Found {
  std::vector<Address> addresses;
  std::chrono::seconds ttl;  // the least
};

Found addresses_of(const ares_addrinfo& all, std::chrono::seconds longest_ttl) {
  Found found{.addresses = {}, .ttl = longest_ttl};
  std::size_t of_ipv4 = 0;
  std::size_t of_ipv6 = 0;
  for (const ares_addrinfo_node* node = all.nodes; node != nullptr; node = node->ai_next) {
    std::size_t& of_family = node->ai_family == AF_INET6 ? of_ipv6 : of_ipv4;
    if (of_family == AresChannel::most_addresses) continue;
    if (const auto address = Address::from(node->ai_addr, node->ai_addrlen)) {
      ++of_family;
      found.addresses.push_back(*address);
      found.ttl = std::min(found.ttl, std::chrono::seconds(std::max(node->ai_ttl, 0)));
    }
  }
  return found;
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

/// One question for the addresses of a host. c-ares asks for both families at once and answers when it has both: that
/// is the whole. There are name servers that never answer for one of them, so after `half_delay` IPv4 is asked for
/// alone, and IPv6 where that has none or is silent too: the halves. The first that has an address is the answer. The
/// channel keeps a question until c-ares is done with it.
class AresChannel::Question {
 public:
  Question(AresChannel& owner, std::string host, OnAnswer on_answer)
      : owner_(owner),
        host_(std::move(host)),
        on_answer_(std::move(on_answer)),
        half_timer_(owner.loop_.timers(), [this] { ask_half(); }) {}

  void ask(AddressFamily family) {
    if (family == AddressFamily::any && owner_.asks_as_it_is(host_)) half_timer_.arm(Clock::now() + half_delay);
    ask(host_, family, &on_whole);
  }

  /// Nobody is told of an answer that c-ares has in part and gives when it is destroyed.
  void give_up() noexcept { on_answer_ = nullptr; }

  std::list<std::unique_ptr<Question>>::iterator position;  // in the channel's list

 private:
  void ask(const std::string& name, AddressFamily family, ares_addrinfo_callback on_end) {
    ++under_way_;
    ares_addrinfo_hints hints{};
    hints.ai_family = to_system(family);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = ARES_AI_NOSORT;  // sorting opens a socket for each address; the dialer interleaves families itself
    ares_getaddrinfo(owner_.channel_, name.c_str(), nullptr, &hints, on_end, this);
    owner_.arm_timer();
  }

  void ask_half() {
    // The dot keeps c-ares from the search list, under which it may look when the name itself is not found.
    const std::string name = host_.ends_with('.') ? host_ : host_ + '.';
    if (std::exchange(was_half_asked_, true)) return ask(name, AddressFamily::ipv6, &on_half);
    half_timer_.arm(Clock::now() + ipv6_alone_delay);
    ask(name, AddressFamily::ipv4, &on_half);
  }

  // c-ares calls these from within its own functions: take the answer and leave, the rest is done by the loop.
  static void on_whole(void* argument, int status, int /*timeouts*/, ares_addrinfo* found) noexcept {
    Question& self = *static_cast<Question*>(argument);
    self.take(status, found, std::chrono::seconds::max());
    if (status != ARES_SUCCESS && kind_of(status) == ErrorKind::dns_not_found)  // whatever a half may still say
      self.answer(std::unexpected(failure(self.host_, status)), std::chrono::seconds::max());
    if (status == ARES_EBADRESP && self.half_timer_.armed()) {
      self.half_timer_.arm(self.owner_.loop_.now());  // it does not say whose answer is bad: the other's may be good
    } else {
      self.half_timer_.disarm();
    }
    self.end();
  }

  static void on_half(void* argument, int status, int /*timeouts*/, ares_addrinfo* found) noexcept {
    Question& self = *static_cast<Question*>(argument);
    self.take(status, found, half_ttl);
    if (self.half_timer_.armed()) self.half_timer_.arm(self.owner_.loop_.now());  // for the other
    self.end();
  }

  void take(int status, ares_addrinfo* found, std::chrono::seconds longest_ttl) {
    if (status == ARES_SUCCESS) {
      Found taken = addresses_of(*found, longest_ttl);
      ares_freeaddrinfo(found);
      if (!taken.addresses.empty()) return answer(std::move(taken.addresses), taken.ttl);
      status = ARES_ENODATA;
    }
    // That one family has no address says less than that nothing is known of the other.
    if (!failure_ || kind_of(*failure_) == ErrorKind::dns_not_found) failure_ = status;
  }

  void answer(Addresses addresses, std::chrono::seconds ttl) {
    if (!on_answer_) return;
    half_timer_.disarm();
    owner_.loop_.post([call = std::exchange(on_answer_, nullptr), addresses = std::move(addresses), ttl]() mutable {
      call(std::move(addresses), ttl);
    });
  }

  /// One that was under way has ended. The last one's end is the question's.
  void end() {
    if (--under_way_ > 0 || half_timer_.armed()) return;
    if (on_answer_ && failure_) answer(std::unexpected(failure(host_, *failure_)), std::chrono::seconds::max());
    owner_.loop_.retire(std::move(*position));
    owner_.questions_.erase(position);
  }

  AresChannel& owner_;
  std::string host_;
  OnAnswer on_answer_;  // empty once it was called or given up
  Timer half_timer_;    // of the next half
  bool was_half_asked_ = false;
  std::optional<int> failure_;  // the most telling so far
  int under_way_ = 0;
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
  self->calls_.serve(self->channel_);
  self->note_search();
  if (servers.empty()) return self;
  if (auto good = check_name_servers(servers); !good) return std::unexpected(std::move(good.error()));
  if (const int status = ares_set_servers_ports_csv(self->channel_, servers.c_str()); status != ARES_SUCCESS) {
    return std::unexpected(Error{.kind = ErrorKind::invalid_job,
                                 .phase = Phase::resolve,
                                 .detail = "bad list of name servers '" + servers + "': " + ares_strerror(status)});
  }
  return self;
}

void AresChannel::note_search() {
  ares_options known{};
  int given = 0;
  if (ares_save_options(channel_, &known, &given) != ARES_SUCCESS) return;
  if (known.ndomains > 0) search_below_dots_ = known.ndots;
  ares_destroy_options(&known);
}

bool AresChannel::asks_as_it_is(std::string_view host) const noexcept {
  return host.ends_with('.') || std::ranges::count(host, '.') >= search_below_dots_;
}

AresChannel::~AresChannel() {
  for (const auto& question : questions_) question->give_up();
  if (channel_ != nullptr) ares_destroy(channel_);
}

void AresChannel::ask(const std::string& host, AddressFamily family, OnAnswer on_answer) {
  questions_.push_back(std::make_unique<Question>(*this, host, std::move(on_answer)));
  Question& question = *questions_.back();
  question.position = std::prev(questions_.end());
  question.ask(family);
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
