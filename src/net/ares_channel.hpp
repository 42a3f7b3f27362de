#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "io/event_loop.hpp"
#include "nbcrawl/error.hpp"
#include "nbcrawl/options.hpp"
#include "net/address.hpp"
#include "net/ares_sockets.hpp"

struct ares_channeldata;

namespace nbcrawl {

/// A finished look-up: at least one address, or an error of phase resolve.
using Addresses = Result<std::vector<Address>>;

/// One c-ares channel with its sockets and its time-outs on our loop.
class AresChannel {
 public:
  /// `servers`: comma-separated HOST[:PORT]; empty: the system's. Errors: invalid_job (bad server list), dns_failed.
  static Result<std::unique_ptr<AresChannel>> create(EventLoop& loop, const std::string& servers);
  ~AresChannel();
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;

  /// Asked for both families, a name server may answer for one of them only. When the whole answer has not come after
  /// this time, IPv4 is asked for alone, and enough. In place of the 50 ms of RFC 8305 section 3, which begin with the
  /// answer for one: c-ares does not tell of it. Longer, so that it takes no more questions than two to look up a name
  /// where the servers are well but far away.
  static constexpr milliseconds half_delay{250};
  /// Then IPv6, where IPv4 fails, or is silent for so long: for a machine without IPv6 it would be no answer.
  static constexpr milliseconds ipv6_alone_delay{750};
  /// An answer for one family alone is believed no longer than this: the other's may only have been late.
  static constexpr std::chrono::seconds half_ttl{10};
  /// Of each family, so many addresses are taken, the first of the answer: more than the largest sites give, where an
  /// answer has room for 4000, which would be kept for each name.
  static constexpr std::size_t most_addresses = 32;

  /// `ttl` is the least of the answer's. Called from the loop when no c-ares function is on the stack.
  using OnAnswer = std::move_only_function<void(Addresses answer, std::chrono::seconds ttl)>;
  void ask(const std::string& host, AddressFamily family, OnAnswer on_answer);

 private:
  class Socket;
  class Question;

  explicit AresChannel(EventLoop& loop);
  void process(int readable_fd, int writable_fd);
  void watch(int fd, bool readable, bool writable);
  void arm_timer();
  void note_search();
  /// Whether c-ares asks for this very name first, and not for one below a domain of the search list (resolv.conf(5)):
  /// only then is a half a part of the same question.
  [[nodiscard]] bool asks_as_it_is(std::string_view host) const noexcept;

  EventLoop& loop_;
  AresSockets calls_;
  ares_channeldata* channel_ = nullptr;
  int search_below_dots_ = 0;  // names of fewer are looked up below the search list first
  std::vector<std::unique_ptr<Socket>> sockets_;
  std::list<std::unique_ptr<Question>> questions_;
  Timer timer_;
};

}  // namespace nbcrawl
