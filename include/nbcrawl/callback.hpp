#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "nbcrawl/response.hpp"

namespace nbcrawl {

/// What a callback gives back: bytes that become the job's result, or a failure. One Emitter belongs to one job and
/// lives for the length of its callbacks; do not keep a reference to it. Used on the loop's thread only.
class Emitter {
 public:
  /// Appends UTF-8 text to the result.
  void text(std::string_view utf8) { bytes(utf8); }
  /// Appends bytes to the result.
  void bytes(std::string_view data);
  /// Appends bytes that live at least as long as the Response, such as a part of its body or a literal: nothing is
  /// copied where they are the whole result.
  void borrow(std::string_view data);
  /// Fails the job with callback_failed; "" says no more than that. The last call counts.
  void fail(std::string reason);

  // What the built-in callbacks report beside the result.
  void set_charset(std::string_view charset, std::string_view source);
  void set_body_file(std::string path);

  [[nodiscard]] std::string_view result() const noexcept {
    return owned_.empty() ? borrowed_ : std::string_view(owned_);
  }
  [[nodiscard]] const std::string& failure() const noexcept { return failure_; }
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] const std::string& charset() const noexcept { return charset_; }
  [[nodiscard]] const std::string& charset_source() const noexcept { return charset_source_; }
  [[nodiscard]] const std::string& body_file() const noexcept { return body_file_; }

 private:
  std::string owned_;
  std::string_view borrowed_;
  std::string failure_;
  bool failed_ = false;
  std::string charset_;
  std::string charset_source_;
  std::string body_file_;
};

/// A job's own C++ callback. What it throws is caught and becomes callback_failed for this job alone.
using Callback = std::move_only_function<void(const Response&, Emitter&)>;

}  // namespace nbcrawl
