#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace nbcrawl {

/// Memory that connections and transfers use in turn, since what was used last is in the processor's cache still. Owned
/// by the fetcher.
class ReusableMemory {
 public:
  /// Where a connection reads to what it hands on at once: a parser keeps nothing of what it is fed. Whoever else reads
  /// meanwhile overwrites it.
  [[nodiscard]] std::span<char> read_buffer() noexcept { return read_buffer_; }

  /// An empty string, with the memory of the body that was done with last. Only while a body arrives has its transfer
  /// such memory.
  std::string take_body() {
    if (bodies_.empty()) return {};
    std::string body = std::move(bodies_.back());
    bodies_.pop_back();
    return body;
  }
  /// A body is done with. It leaves an empty one behind, which holds no memory.
  void give_back(std::string& body) {
    const bool has_memory = body.capacity() > std::string().capacity();
    if (!has_memory || body.capacity() > max_body_bytes || bodies_.size() == max_bodies) {
      std::string().swap(body);
    } else {
      body.clear();
      bodies_.push_back(std::move(body));
    }
  }

 private:
  static constexpr std::size_t read_buffer_bytes = 32 * 1024;
  /// A body's memory is kept for another response up to this size: large bodies would otherwise be mapped and unmapped,
  /// page by page, for each one.
  static constexpr std::size_t max_body_bytes = 512 * 1024;
  static constexpr std::size_t max_bodies = 16;

  std::vector<char> read_buffer_ = std::vector<char>(read_buffer_bytes);
  std::vector<std::string> bodies_;
};

}  // namespace nbcrawl
