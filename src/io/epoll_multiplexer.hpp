#pragma once

#include <sys/epoll.h>

#include <vector>

#include "base/unique_fd.hpp"
#include "io/multiplexer.hpp"

namespace nbcrawl {

/// epoll(7), level-triggered: the kernel keeps the set, a wait costs what is ready and not what is registered.
class EpollMultiplexer final : public Multiplexer {
 public:
  static Result<std::unique_ptr<Multiplexer>> open();
  explicit EpollMultiplexer(UniqueFd epoll);
  Result<> add(int fd, Interest interest, Token token) override;
  Result<> modify(int fd, Interest interest, Token token) override;
  void remove(int fd) override;
  Result<> wait(std::optional<Duration> timeout, std::vector<Ready>& ready) override;
  [[nodiscard]] MultiplexerKind kind() const noexcept override { return MultiplexerKind::epoll; }

 private:
  Result<> control(int operation, int fd, Interest interest, Token token);

  UniqueFd epoll_;
  std::vector<epoll_event> events_;
};

}  // namespace nbcrawl
