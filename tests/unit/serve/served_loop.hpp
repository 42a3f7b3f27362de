#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "catch2_shim.hpp"
#include "io/event_loop.hpp"
#include "serve/http_server.hpp"

namespace nbcrawl {

/// A server on a loop of its own, turned by the test that talks to it.
class ServedLoop {
 public:
  ServedLoop(MultiplexerKind kind, ServerOptions options)
      : loop_(std::move(*EventLoop::create(kind))), server_(std::make_unique<HttpServer>(*loop_, options)) {
    auto bound = server_->listen(*Address::parse("127.0.0.1", 0));
    REQUIRE(bound);
    address_ = *bound;
  }

  [[nodiscard]] HttpServer& server() noexcept { return *server_; }
  [[nodiscard]] EventLoop& loop() noexcept { return *loop_; }

  [[nodiscard]] UniqueFd connect() const {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(socket.get(), address_.data(), address_.size()) == 0);
    return socket;
  }

  /// Turns the loop until it is so; fails after ten seconds.
  void turn_until(const std::function<bool()>& so) {
    const TimePoint limit = Clock::now() + std::chrono::seconds(10);
    while (!so()) {
      if (Clock::now() >= limit || !loop_->run_once(true)) FAIL("it did not come about");
    }
  }

  /// Everything until the server closes, or until `enough` stands at the end.
  std::string receive(const UniqueFd& socket, std::string_view enough = {}) {
    std::string received;
    turn_until([&] {
      char bytes[4096];
      const ssize_t count = ::recv(socket.get(), bytes, sizeof bytes, MSG_DONTWAIT);
      if (count > 0) received.append(bytes, static_cast<std::size_t>(count));
      if (count < 0 && errno != EAGAIN) received += "[reset]";
      return count == 0 || (count < 0 && errno != EAGAIN) || (!enough.empty() && received.ends_with(enough));
    });
    return received;
  }

 private:
  std::unique_ptr<EventLoop> loop_;
  std::unique_ptr<HttpServer> server_;
  Address address_;
};

inline void send_text(const UniqueFd& socket, std::string_view text) {
  REQUIRE(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
}

}  // namespace nbcrawl
