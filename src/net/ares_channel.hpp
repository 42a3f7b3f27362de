#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/event_loop.hpp"
#include "nbcrawl/error.hpp"
#include "nbcrawl/options.hpp"
#include "net/address.hpp"

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

  /// `ttl` is the least of the answer's. Called from the loop when no c-ares function is on the stack.
  using OnAnswer = std::move_only_function<void(Addresses answer, std::chrono::seconds ttl)>;
  void ask(const std::string& host, AddressFamily family, OnAnswer on_answer);

 private:
  class Socket;
  struct Question;

  explicit AresChannel(EventLoop& loop);
  void process(int readable_fd, int writable_fd);
  void watch(int fd, bool readable, bool writable);
  void arm_timer();

  EventLoop& loop_;
  ares_channeldata* channel_ = nullptr;
  std::vector<std::unique_ptr<Socket>> sockets_;
  Timer timer_;
};

}  // namespace nbcrawl
