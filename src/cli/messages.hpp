#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

#include "io/line_output.hpp"

namespace nbcrawl {

/// What the command says on standard error. A reader that is slow or stuck holds nothing up: messages wait for it, and
/// those that have no room any more are lost and their number told. Any thread.
class Messages {
 public:
  Messages();
  ~Messages();
  Messages(const Messages&) = delete;
  Messages& operator=(const Messages&) = delete;

  /// Whole lines, or what a terminal is to do.
  void write(std::string_view text);
  /// Waits until all are read, as the destructor does; not after hurry(). Signals should have their usual effect then:
  /// they end the program.
  void drain();
  /// What is not read at once is lost: the program is to end now.
  void hurry() { in_a_hurry_ = true; }
  /// Whether some wait to be read.
  [[nodiscard]] bool are_behind();

 private:
  void tell_of_lost();

  std::mutex mutex_;
  std::optional<LineOutput> output_;  // none: standard error can't be written
  std::uint64_t told_lost_ = 0;
  bool in_a_hurry_ = false;
};

}  // namespace nbcrawl
