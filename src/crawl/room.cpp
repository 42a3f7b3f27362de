#include "crawl/room.hpp"

#include <cerrno>
#include <utility>

namespace nbcrawl {

bool is_shortage(const Error& error, std::size_t others_of_host) noexcept {
  if (error.kind == ErrorKind::out_of_descriptors) return true;
  if (error.phase != Phase::connect) return false;
  // A local port is short for one server at a time. Where none of its transfers has one, there is another reason.
  if (error.sys_errno == EADDRNOTAVAIL) return others_of_host > 0;
  return error.sys_errno == ENOBUFS || error.sys_errno == ENOMEM;
}

void Room::on_done() noexcept {
  limit_.on_done();
  was_made_ = false;
}

bool Room::may_come(const Error& shortage, Fetching& fetching) {
  const std::size_t under_way = fetching.active();
  const bool was_asked_before = was_made_;
  // A port does not come free with an idle connection: it rests after it (TIME_WAIT).
  const bool helps = shortage.sys_errno == EADDRNOTAVAIL ? under_way > 0 : make(fetching);
  // Those that had it may have ended in this very pass: none is under way, but the job has not been tried alone. Where
  // none is, the one that began last is this one, for another would be under way. And an idle connection may have been
  // closed between the failure and this report of it.
  if (!helps && last_began_alone_ && was_asked_before) return false;
  limit_.lower(under_way);
  return true;
}

bool Room::make(Fetching& fetching) {
  const bool is_made = !std::exchange(was_made_, true) && fetching.discard_idle();
  if (is_made) loop_.pass_again();  // which tries again
  return is_made || fetching.active() > 0;
}

}  // namespace nbcrawl
