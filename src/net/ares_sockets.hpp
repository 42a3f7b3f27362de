#pragma once

struct ares_channeldata;

namespace nbcrawl {

/// Has a channel of c-ares make its system calls through ours, which make an interrupted one again: c-ares takes EINTR
/// for a failure of the server and gives it up. Call it before the first question.
void use_interruptible_sockets(ares_channeldata* channel) noexcept;

}  // namespace nbcrawl
