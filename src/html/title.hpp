#pragma once

#include <string>

#include "html/tokenizer.hpp"

namespace nbcrawl::html {

/// The text of a page's first <title>, on one line: white space is collapsed to single spaces and stripped at both
/// ends. The title of a drawing inside <svg> is not the page's.
class TitleReader final : public TokenReader {
 public:
  void start_tag(const Tag& tag) override;
  void end_tag(Element element, std::string_view name) override;
  void text(std::string_view raw, TextKind kind) override;

  /// Whether the title is known, and the rest of the page need not be read.
  [[nodiscard]] bool is_complete() const noexcept { return state_ == State::complete; }
  /// Empty where the page has none. Call when it is complete or the page has ended.
  [[nodiscard]] std::string title();

 private:
  enum class State : std::uint8_t { before, inside, complete };

  State state_ = State::before;
  TextDecoder decoder_;
  std::string said_;
};

}  // namespace nbcrawl::html
