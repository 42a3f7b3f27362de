#pragma once

#include <unordered_map>

#include "net/answer_limit.hpp"

struct ares_channeldata;

namespace nbcrawl {

/// The system calls of a channel of c-ares. An interrupted one is made again: c-ares takes EINTR for a failure of the
/// server and gives it up. What comes over TCP goes through an AnswerLimit.
class AresSockets {
 public:
  /// Has the channel make its calls through this, which must outlive it. Before the first question.
  void serve(ares_channeldata* channel) noexcept;

 private:
  struct Calls;
  std::unordered_map<int, AnswerLimit> streams_;  // by descriptor
};

}  // namespace nbcrawl
