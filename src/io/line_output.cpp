#include "io/line_output.hpp"

#include <algorithm>
#include <cerrno>

namespace nbcrawl {

void LineOutput::write(std::string_view lines) {
  if (kept_.size() + lines.size() > most_kept_bytes) flush();
  if (!kept_.empty() && kept_.size() + lines.size() > most_kept_bytes) return lose(lines, EAGAIN);
  kept_.append(lines);
}

void LineOutput::flush() {
  std::size_t done = 0;
  while (done < kept_.size()) {
    iovec rest{.iov_base = kept_.data() + done, .iov_len = kept_.size() - done};
    const ssize_t written = fd_.write({&rest, 1});
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (written < 0 && errno == EAGAIN) {
      break;
    } else if (written == 0 || errno != EINTR) {
      lose(std::string_view(kept_).substr(done), written == 0 ? EIO : errno);
      done = kept_.size();
    }
  }
  kept_.erase(0, done);
}

void LineOutput::drain(std::optional<TimePoint> until) {
  for (flush(); !kept_.empty() && fd_.wait(until);) flush();
}

void LineOutput::give_up() {
  lose(kept_, EAGAIN);
  kept_.clear();
}

void LineOutput::lose(std::string_view lines, int cause) {
  if (lost_lines_ == 0) cause_of_loss_ = cause;
  lost_lines_ += static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
}

}  // namespace nbcrawl
