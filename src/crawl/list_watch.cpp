#include "crawl/list_watch.hpp"

#include <algorithm>
#include <utility>

namespace nbcrawl {

Result<std::string_view> ListWatch::pass(std::string_view bytes) {
  if (!is_checking()) {
    if (auto hashed = hash(bytes); !hashed) return std::unexpected(std::move(hashed.error()));
    return bytes;
  }
  held_ += bytes;
  if (auto hashed = hash(bytes); !hashed) return std::unexpected(std::move(hashed.error()));
  if (!is_checking()) return release(held_.size());
  const std::uint64_t known_to = checked_ == 0 ? 0 : earlier_[checked_ - 1].position;
  const std::uint64_t held_from = position_ - held_.size();
  return release(static_cast<std::size_t>(std::max(known_to, held_from) - held_from));
}

Result<std::string_view> ListWatch::end_of_list(bool is_last, bool may_be_cut) {
  // A line without a newline at the end of a list counts as one with it: then a list to which lines were added begins
  // as it did, and one whose last line became longer does not. What an earlier run has read to its end is not cut.
  if (!ends_line_ && (is_checking() || !may_be_cut)) {
    if (is_checking()) held_ += '\n';
    if (auto hashed = hash("\n"); !hashed) return std::unexpected(std::move(hashed.error()));
  }
  if (is_last) {
    if (is_checking()) return std::unexpected(change());
    return release(held_.size());
  }
  if (auto hashed = hash(std::string_view("\0", 1)); !hashed) return std::unexpected(std::move(hashed.error()));
  // A mark at the end of each list, so that none must wait for the next to be known to be what it was.
  if (!is_checking()) {
    new_.push_back(mark(true));
  } else if (checked_ == 0 || earlier_[checked_ - 1].position != position_) {
    return std::unexpected(change());
  }
  return release(held_.size());
}

std::vector<ListMark> ListWatch::take_marks() {
  std::vector<ListMark> marks = std::exchange(new_, {});
  const std::uint64_t earlier_to = earlier_.empty() ? 0 : earlier_.back().position;
  if (!is_checking() && position_ > std::max(taken_to_, earlier_to)) {
    if (marks.empty() || marks.back().position != position_) marks.push_back(mark(false));
    taken_to_ = position_;
  }
  return marks;
}

ListMark ListWatch::mark(bool lasting) const {
  return {.position = position_, .digest = hash_.digest(), .lasting = lasting};
}

Result<> ListWatch::hash(std::string_view bytes) {
  if (!bytes.empty()) ends_line_ = bytes.back() == '\n' || bytes.back() == '\0';
  while (!bytes.empty()) {
    const std::uint64_t next = is_checking() ? earlier_[checked_].position : (position_ / step + 1) * step;
    const std::string_view piece = bytes.substr(0, static_cast<std::size_t>(next - position_));
    hash_.update(piece);
    position_ += piece.size();
    bytes.remove_prefix(piece.size());
    if (position_ < next) break;
    if (is_checking()) {
      if (hash_.digest() != earlier_[checked_].digest) return std::unexpected(change());
      ++checked_;
    } else {
      new_.push_back(mark(true));
    }
  }
  return {};
}

std::string_view ListWatch::release(std::size_t bytes) {
  released_.assign(held_, 0, bytes);
  held_.erase(0, bytes);
  return released_;
}

Error ListWatch::change() const {
  const std::uint64_t same_to = checked_ == 0 ? 0 : earlier_[checked_ - 1].position;
  return {.kind = ErrorKind::state_failed,
          .phase = Phase::job,
          .detail = "can't go on: the job list has changed between its bytes " + std::to_string(same_to) + " and " +
                    std::to_string(earlier_[checked_].position) + ", which an earlier run has read"};
}

}  // namespace nbcrawl
