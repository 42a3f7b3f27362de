#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "io/event_loop.hpp"
#include "net/address.hpp"
#include "net/stream.hpp"

namespace nbcrawl {

/// A connected stream and whom it reaches.
struct Dialed {
  std::unique_ptr<Stream> stream;
  Address peer;
};

/// A connection that is being made. Destroying it gives up.
class Dial {
 public:
  virtual ~Dial() = default;
};

/// One connection to any of a host's addresses (Happy Eyeballs, RFC 8305): they are tried in turn, families
/// alternating and IPv6 first, each given `attempt_delay` before the next starts beside it; the first to connect wins.
/// The caller keeps the deadline: destroying the dialer gives up.
///
/// With Reach::public_addresses no other is connected to: what is checked is the very sockaddr given to connect(2), so
/// that it does not matter who named it. Where none is left, the error is address_denied.
class Dialer final : public Dial {
 public:
  /// RFC 8305 section 5, "Connection Attempt Delay".
  static constexpr milliseconds attempt_delay{250};

  using OnDone = std::move_only_function<void(Result<Dialed>)>;

  enum class Reach : std::uint8_t { all_addresses, public_addresses };

  /// Starts. Without an address it fails. `on_done` is called once, from the loop and never from within the
  /// constructor; there, hand the dialer to EventLoop::retire() instead of destroying it.
  Dialer(EventLoop& loop, std::vector<Address> addresses, Reach reach, OnDone on_done);
  ~Dialer() override;
  Dialer(const Dialer&) = delete;
  Dialer& operator=(const Dialer&) = delete;

 private:
  class Attempt;

  void start_next();
  void on_attempt(Attempt& attempt);
  void fail(const Address& address, int cause);
  void deny(Error error);
  void go_on();
  void finish(Result<Dialed> result);

  EventLoop& loop_;
  std::vector<Address> addresses_;
  Reach reach_;
  std::size_t next_ = 0;
  std::vector<std::unique_ptr<Attempt>> attempts_;
  std::optional<Error> failure_;  // of the attempt that failed last
  OnDone on_done_;
  Timer timer_;
};

/// Begins to connect, as the constructor of Dialer does.
using StartDial =
    std::function<std::unique_ptr<Dial>(EventLoop&, std::vector<Address>, Dialer::Reach, Dialer::OnDone on_done)>;

/// A StartDial that reaches the network.
std::unique_ptr<Dial> dial(EventLoop& loop, std::vector<Address> addresses, Dialer::Reach reach,
                           Dialer::OnDone on_done);

}  // namespace nbcrawl
