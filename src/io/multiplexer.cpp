#include "io/multiplexer.hpp"

#include "io/epoll_multiplexer.hpp"
#include "io/poll_multiplexer.hpp"
#include "io/select_multiplexer.hpp"

namespace nbcrawl {

Result<std::unique_ptr<Multiplexer>> make_multiplexer(MultiplexerKind kind) {
  switch (kind) {
    case MultiplexerKind::select: return std::make_unique<SelectMultiplexer>();
    case MultiplexerKind::poll: return std::make_unique<PollMultiplexer>();
    case MultiplexerKind::epoll: break;
  }
  return EpollMultiplexer::open();
}

std::string_view name(MultiplexerKind kind) noexcept {
  switch (kind) {
    case MultiplexerKind::select: return "select";
    case MultiplexerKind::poll: return "poll";
    case MultiplexerKind::epoll: break;
  }
  return "epoll";
}

}  // namespace nbcrawl
