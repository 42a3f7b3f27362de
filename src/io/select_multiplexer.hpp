#pragma once

#include <sys/select.h>

#include <vector>

#include "io/multiplexer.hpp"

namespace nbcrawl {

/// select(2): two bitmaps copied in and out at every wait. Descriptors from FD_SETSIZE on are refused, because the
/// macros would write past the bitmap.
class SelectMultiplexer final : public Multiplexer {
 public:
  SelectMultiplexer();
  Result<> add(int fd, Interest interest, Token token) override;
  Result<> modify(int fd, Interest interest, Token token) override;
  void remove(int fd) override;
  Result<> wait(std::optional<Duration> timeout, std::vector<Ready>& ready) override;
  [[nodiscard]] MultiplexerKind kind() const noexcept override { return MultiplexerKind::select; }

 private:
  fd_set readable_;
  fd_set writable_;
  fd_set registered_;
  std::vector<Token> tokens_;  // by descriptor
  int highest_ = -1;
};

}  // namespace nbcrawl
