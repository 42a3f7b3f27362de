#include "fetch/opening.hpp"

#include "fetch/destination.hpp"

namespace nbcrawl {

namespace {

TransferState state_of(ConnectStep step) noexcept {
  switch (step) {
    case ConnectStep::resolving: return TransferState::resolving;
    case ConnectStep::connecting: return TransferState::connecting;
    case ConnectStep::handshaking: break;
  }
  return TransferState::handshaking;
}

}  // namespace

Opening::Opening(const ConnectorParts& parts, Destination& destination, Observer& observer)
    : destination_(destination),
      observer_(observer),
      connector_(parts, destination.route, destination.version, *this) {}

void Opening::join(ActiveTransfer& transfer) {
  waiting_.push_back(&transfer);
  transfer.enter(state_of(step_));
}

void Opening::leave(ActiveTransfer& transfer) {
  std::erase(waiting_, &transfer);
  was_left_ = true;
}

ActiveTransfer* Opening::pop() {
  if (waiting_.empty()) return nullptr;
  ActiveTransfer* first = waiting_.front();
  waiting_.erase(waiting_.begin());
  return first;
}

void Opening::on_step(ConnectStep step) {
  if (step == std::exchange(step_, step)) return;
  for (ActiveTransfer* transfer : waiting_) transfer->enter(state_of(step));
}

}  // namespace nbcrawl
