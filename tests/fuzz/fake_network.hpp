#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_http2.hpp"
#include "fuzz_input.hpp"
#include "io/event_loop.hpp"
#include "net/dialer.hpp"

// A network that is played by a script: connections that come about or do not, bytes that arrive in pieces of any size,
// and time that passes only where the loop would wait. Nothing of it is the system's.
namespace nbcrawl {

/// The time of Clock::now(), which the target defines.
inline TimePoint played_time{std::chrono::hours(1)};

/// The fuzzer's choices, one byte after the other. When they are used up everything goes well: all bytes are 0.
class Script {
 public:
  explicit Script(std::string_view bytes) noexcept : rest_(bytes) {}
  std::size_t next() noexcept {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::string_view take(std::size_t bytes) noexcept {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

/// One connection, from both sides.
struct Link {
  std::string peer;                 ///< address of the server
  std::set<std::string>& troubled;  ///< FakeNetwork::troubled()
  std::string received;             ///< from the client, not taken by the server yet
  std::string on_its_way;           ///< from the server, not arrived yet
  std::string arrived;              ///< not read by the client yet
  bool ends = false;                ///< the server closes behind what is on its way
  bool is_reset = false;
  std::size_t write_room = unlimited;
  std::unique_ptr<FakeHttp2> http2;  ///< the server's, where HTTP/2 is spoken

  static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);
  [[nodiscard]] bool has_ended() const noexcept { return ends && on_its_way.empty(); }
  [[nodiscard]] bool is_readable() const noexcept { return !arrived.empty() || has_ended() || is_reset; }
  [[nodiscard]] bool is_writable() const noexcept { return write_room > 0 || is_reset; }
  void deliver(std::size_t bytes) {
    bytes = std::min(bytes, on_its_way.size());
    arrived.append(on_its_way, 0, bytes);
    on_its_way.erase(0, bytes);
  }
  void reset() {
    blame();
    is_reset = true;
    on_its_way.clear();
    arrived.clear();
  }
  void end() {
    blame();
    ends = true;
  }
  /// Something goes wrong, and it is this server's doing.
  void blame() { troubled.insert(peer); }
};

/// All connections of a run. They have numbers in place of descriptors.
class FakeNetwork {
 public:
  /// Called when bytes have come from the client.
  using Server = std::function<void(Link&)>;

  /// `most_links`: there are descriptors for so many.
  FakeNetwork(Script& script, std::size_t most_links, Server server)
      : script_(script), most_links_(most_links), server_(std::move(server)) {}

  /// `patience`: who waits longer for a connection takes it for a fault.
  std::unique_ptr<Dial> dial(EventLoop& loop, const std::vector<Address>& addresses, Duration patience,
                             Dialer::OnDone on_dialed);

  /// One event, as the script has it.
  void act();
  /// Everything that is on its way arrives, and every link takes what is written.
  void let_all_pass() {
    for (auto& [fd, link] : links_) {
      link.deliver(link.on_its_way.size());
      link.write_room = Link::unlimited;
    }
  }
  [[nodiscard]] const Link* find(int fd) const {
    const auto found = links_.find(fd);
    return found != links_.end() ? &found->second : nullptr;
  }
  [[nodiscard]] std::size_t open_links() const noexcept { return links_.size(); }
  /// Addresses that did not do what a server ought to.
  [[nodiscard]] const std::set<std::string>& troubled() const noexcept { return troubled_; }

 private:
  class FakeDial;
  class FakeStream;
  Link* choose_link();

  Script& script_;
  std::size_t most_links_;
  std::size_t dialing_ = 0;
  Server server_;
  std::map<int, Link> links_;
  std::set<std::string> troubled_;
  int next_fd_ = 100'000;  // no descriptor of this process has such a number
};

class FakeNetwork::FakeStream final : public Stream {
 public:
  FakeStream(FakeNetwork& network, int fd, const std::string& peer) : network_(network), fd_(fd) {
    network_.links_.try_emplace(fd, Link{.peer = peer, .troubled = network_.troubled_});
  }
  ~FakeStream() override { network_.links_.erase(fd_); }
  FakeStream(const FakeStream&) = delete;
  FakeStream& operator=(const FakeStream&) = delete;

  [[nodiscard]] int fileno() const noexcept override { return fd_; }
  IoResult read(std::span<char> into) override {
    Link& link = network_.links_.at(fd_);
    require(!into.empty());
    if (link.is_reset) return {.status = IoStatus::failed, .sys_errno = ECONNRESET};
    if (link.arrived.empty()) return {.status = link.has_ended() ? IoStatus::closed : IoStatus::would_block};
    const std::size_t bytes = std::min(into.size(), link.arrived.size());
    std::copy_n(link.arrived.begin(), bytes, into.begin());
    link.arrived.erase(0, bytes);
    return {.status = IoStatus::ok, .bytes = bytes, .more = bytes == into.size()};
  }
  IoResult write(std::span<const char> from) override {
    Link& link = network_.links_.at(fd_);
    if (link.is_reset) return {.status = IoStatus::failed, .sys_errno = EPIPE};
    if (link.write_room == 0) return {.status = IoStatus::would_block};
    const std::size_t bytes = std::min(from.size(), link.write_room);
    if (link.write_room != Link::unlimited) link.write_room -= bytes;
    link.received.append(from.data(), bytes);
    network_.server_(link);
    return {.status = IoStatus::ok, .bytes = bytes};
  }

 private:
  FakeNetwork& network_;
  int fd_;
};

class FakeNetwork::FakeDial final : public Dial {
 public:
  /// `counted_in`: it has a descriptor, which is gone or the link's when it is due. Null: it has none.
  FakeDial(EventLoop& loop, std::optional<Duration> delay, std::size_t* counted_in,
           std::move_only_function<void()> on_due)
      : counted_in_(counted_in), timer_(loop.timers(), [this, on_due = std::move(on_due)]() mutable {
          leave();
          on_due();
        }) {
    if (counted_in_ != nullptr) ++*counted_in_;
    if (delay) timer_.arm(loop.now() + *delay);
  }
  ~FakeDial() override { leave(); }
  FakeDial(const FakeDial&) = delete;
  FakeDial& operator=(const FakeDial&) = delete;

 private:
  void leave() noexcept {
    if (std::size_t* const counted_in = std::exchange(counted_in_, nullptr)) --*counted_in;
  }

  std::size_t* counted_in_;
  Timer timer_;
};

inline std::unique_ptr<Dial> FakeNetwork::dial(EventLoop& loop, const std::vector<Address>& addresses,
                                               Duration patience, Dialer::OnDone on_dialed) {
  require(!addresses.empty());
  if (links_.size() + dialing_ >= most_links_) {
    return std::make_unique<FakeDial>(loop, Duration::zero(), nullptr, [on_dialed = std::move(on_dialed)]() mutable {
      on_dialed(std::unexpected(Error{.kind = ErrorKind::out_of_descriptors,
                                      .phase = Phase::connect,
                                      .sys_errno = EMFILE,
                                      .detail = "no descriptor is left"}));
    });
  }
  const std::size_t choice = script_.next() % 8;
  const bool refused = choice == 5;
  std::optional<Duration> delay = Duration::zero();
  if (choice == 6) delay.reset();  // it never answers
  if (choice == 7) delay = milliseconds(20 * script_.next());
  if (refused || !delay || *delay >= patience) troubled_.insert(addresses.front().ip());
  return std::make_unique<FakeDial>(
      loop, delay, &dialing_, [this, refused, peer = addresses.front(), on_dialed = std::move(on_dialed)]() mutable {
        if (!refused)
          return on_dialed(Dialed{.stream = std::make_unique<FakeStream>(*this, next_fd_++, peer.ip()), .peer = peer});
        on_dialed(std::unexpected(Error{.kind = ErrorKind::connect_refused,
                                        .phase = Phase::connect,
                                        .sys_errno = ECONNREFUSED,
                                        .detail = "refused"}));
      });
}

inline Link* FakeNetwork::choose_link() {
  if (links_.empty()) return nullptr;
  auto chosen = links_.begin();
  std::advance(chosen, script_.next() % links_.size());
  return &chosen->second;
}

inline void FakeNetwork::act() {
  const std::size_t choice = script_.next() % 8;
  if (choice <= 1) return let_all_pass();
  Link* const link = choose_link();
  if (link == nullptr) return;
  switch (choice) {
    case 2: return link->deliver(1);
    case 3: return link->deliver(script_.next());
    case 4: return link->deliver(script_.next() * 128);
    case 5: return link->reset();
    case 6:  // closed in the middle
      link->on_its_way.clear();
      return link->end();
    default: link->write_room = script_.next(); return;
  }
}

/// Reports what the network has, and has time pass where there is nothing to report. A loop that would wait for ever,
/// or turn round without end, fails the target.
class FakeMultiplexer final : public Multiplexer {
 public:
  FakeMultiplexer(FakeNetwork& network, Script& script) : network_(network), script_(script) {}

  Result<> add(int fd, Interest interest, Token token) override {
    require(registered_.try_emplace(fd, interest, token).second);
    return {};
  }
  Result<> modify(int fd, Interest interest, Token token) override {
    const auto found = registered_.find(fd);
    require(found != registered_.end() && found->second.second == token);
    found->second.first = interest;
    return {};
  }
  void remove(int fd) override { require(registered_.erase(fd) == 1); }
  Result<> wait(std::optional<Duration> timeout, std::vector<Ready>& ready) override {
    require(++waits_ < most_waits);
    network_.act();
    report(ready);
    if (!ready.empty() && script_.next() % 8 == 7) std::ranges::reverse(ready);
    if (!ready.empty()) return {};
    network_.let_all_pass();
    report(ready);
    if (!ready.empty()) return {};
    require(timeout.has_value());  // else nothing would ever wake the loop
    if (*timeout > Duration::zero()) played_time += *timeout;
    return {};
  }
  [[nodiscard]] MultiplexerKind kind() const noexcept override { return MultiplexerKind::epoll; }
  [[nodiscard]] std::size_t watched() const noexcept { return registered_.size(); }

 private:
  static constexpr int most_waits = 50'000;

  void report(std::vector<Ready>& ready) const {
    ready.clear();
    for (const auto& [fd, registration] : registered_) {
      const auto& [interest, token] = registration;
      const Link* const link = network_.find(fd);
      if (link == nullptr) continue;  // a socket of the resolver, which nobody answers
      // Errors are told whatever the interest, as poll and epoll tell them.
      const bool readable = link->is_readable() && (interest.readable || link->is_reset);
      const bool writable = link->is_writable() && (interest.writable || link->is_reset);
      if (readable || writable) ready.push_back({.token = token, .readable = readable, .writable = writable});
    }
  }

  FakeNetwork& network_;
  Script& script_;
  std::map<int, std::pair<Interest, Token>> registered_;
  int waits_ = 0;
};

}  // namespace nbcrawl
