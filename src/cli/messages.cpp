#include "cli/messages.hpp"

#include <unistd.h>

#include <string>
#include <utility>

namespace nbcrawl {

Messages::Messages() {
  // Where it can't be written, there is no place to say so either.
  if (auto fd = NonblockingFd::borrow_sparingly(STDERR_FILENO)) output_.emplace(std::move(*fd));
}

Messages::~Messages() { drain(); }

void Messages::drain() {
  const std::lock_guard lock(mutex_);
  if (!output_ || in_a_hurry_) return;
  output_->drain();
  tell_of_lost();
  output_->drain();
}

void Messages::write(std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (!output_) return;
  output_->flush();
  if (output_->kept_bytes() == 0) tell_of_lost();
  output_->write(text);
  output_->flush();
}

bool Messages::are_behind() {
  const std::lock_guard lock(mutex_);
  if (!output_) return false;
  output_->flush();
  return output_->kept_bytes() > 0;
}

void Messages::tell_of_lost() {
  const std::uint64_t lost = output_->lost_lines() - std::exchange(told_lost_, output_->lost_lines());
  if (lost > 0)
    output_->write("nbcrawl: standard error was not read: " + std::to_string(lost) + " messages are lost\n");
}

}  // namespace nbcrawl
