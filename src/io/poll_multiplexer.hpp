#pragma once

#include <poll.h>

#include <vector>

#include "io/multiplexer.hpp"

namespace nbcrawl {

/// poll(2): one dense array of descriptors, any number of them.
class PollMultiplexer final : public Multiplexer {
 public:
  Result<> add(int fd, Interest interest, Token token) override;
  Result<> modify(int fd, Interest interest, Token token) override;
  void remove(int fd) override;
  Result<> wait(std::optional<Duration> timeout, std::vector<Ready>& ready) override;
  [[nodiscard]] MultiplexerKind kind() const noexcept override { return MultiplexerKind::poll; }

 private:
  std::vector<pollfd> entries_;
  std::vector<Token> tokens_;    // beside entries_
  std::vector<std::size_t> at_;  // by descriptor: its index in entries_
};

}  // namespace nbcrawl
