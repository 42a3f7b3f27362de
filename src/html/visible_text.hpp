#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "html/tokenizer.hpp"

namespace nbcrawl::html {

/// The text a reader sees, roughly as innerText gives it (HTML standard, section 3.2.7), without style sheets: white
/// space is collapsed but for <pre>, blocks stand on lines of their own, paragraphs have a blank line around them, the
/// cells of a row a tab between them. <title>, <script>, <style>, <template> and <iframe> show nothing; <noscript>
/// does, for no script runs.
class VisibleTextReader final : public TokenReader {
 public:
  void start_tag(const Tag& tag) override;
  void end_tag(Element element, std::string_view name) override;
  void text(std::string_view raw, TextKind kind) override;
  void comment() override { end_of_run(); }

  /// Call once, when the page has ended. Lines end in "\n", the last one too; empty where there is no text.
  [[nodiscard]] std::string take_text();

 private:
  void end_of_run();
  void append(std::string_view said);
  void append_collapsed(std::string_view said);
  void append_preformatted(std::string_view said);
  void begin_visible();
  void break_line(std::size_t newlines);
  void break_at(Element element);
  void begin_row();
  void begin_cell();

  std::string out_;
  TextDecoder decoder_;
  std::string run_;  // text between two tags, as far as it has not gone to out_

  // What stands between the text so far and what comes next.
  std::size_t newlines_ = 0;         // that blocks want
  std::size_t forced_newlines_ = 0;  // that <br> and <pre> made
  std::size_t tabs_ = 0;
  bool space_ = false;

  bool in_hidden_element_ = false;
  std::size_t template_depth_ = 0;
  std::size_t pre_depth_ = 0;
  bool skips_newline_ = false;  // the first in <pre>
  bool row_has_cell_ = false;
  std::size_t row_begin_ = 0;
};

}  // namespace nbcrawl::html
