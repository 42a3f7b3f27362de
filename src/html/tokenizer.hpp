#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "html/tag.hpp"
#include "html/tag_scanner.hpp"
#include "html/text_decoder.hpp"

namespace nbcrawl::html {

/// What reads a page: told of each token, in order. Views live as long as the call.
class TokenReader {
 public:
  virtual ~TokenReader() = default;
  virtual void start_tag(const Tag& tag) = 0;
  virtual void end_tag(Element /*element*/, std::string_view /*name*/) {}
  /// Text as it stands on the page, cut anywhere: TextDecoder tells what it says.
  virtual void text(std::string_view /*raw*/, TextKind /*kind*/) {}
  /// A comment, or what is read as one, begins: a character reference before it does not go on behind it.
  virtual void comment() {}
};

/// Splits a page into tags and text as the HTML standard's tokenizer does (section 13.2.5,
/// https://html.spec.whatwg.org/#tokenization), without a tree: UTF-8 comes in by pieces cut anywhere. What
/// comments, DOCTYPEs and the like say is left out. What a tree would tell the tokenizer it finds itself: the text
/// of <script>, <style>, <title> and the like has no tags, except behind a "/>" inside <svg> and <math>; scripting is
/// off, so <noscript> is like any other element.
///
/// Takes time in proportion to the bytes, and memory for one tag (max_tag_bytes). Used by one thread.
class Tokenizer {
 public:
  /// `reader` must outlive this object.
  explicit Tokenizer(TokenReader& reader) : reader_(reader) {}

  void feed(std::string_view piece);
  /// The page ends here. Call once; a tag that is not whole is dropped.
  void finish();

 private:
  enum class State : std::uint8_t {
    data,
    tag,
    comment_start,
    comment,
    bogus_comment,  // also a DOCTYPE and a CDATA section: each ends at its first ">"
    raw_text,       // RCDATA and RAWTEXT
    script_data,
    script_data_escaped,
    script_data_double_escaped,
    plaintext,
  };

  // Each takes what is not read yet and returns how much of it that was; 0: more bytes are needed. With `last` there
  // are none, and it takes at least one.
  std::size_t step(std::string_view rest, bool last);
  std::size_t data(std::string_view rest, bool last);
  std::size_t tag_open(std::string_view rest, bool last);
  std::size_t end_tag_open(std::string_view rest, bool last);
  std::size_t markup_declaration_open(std::string_view rest, bool last);
  std::size_t tag(std::string_view rest, bool last);
  std::size_t comment_start(std::string_view rest, bool last);
  std::size_t comment(std::string_view rest, bool last);
  std::size_t bogus_comment(std::string_view rest);
  std::size_t raw_text(std::string_view rest, bool last);
  std::size_t script_data(std::string_view rest, bool last);
  std::size_t script_data_escaped(std::string_view rest, bool last);

  std::size_t run(std::string_view text, bool last);
  std::size_t text(std::string_view raw);
  std::size_t text_before(std::string_view rest, std::size_t end_tag, bool last);
  std::size_t begin_tag(std::string_view rest, std::size_t name, bool last);
  std::size_t begin_comment(State state, std::size_t size);
  void report_tag(std::string_view rest);
  void enter_content(const Tag& tag) noexcept;

  TokenReader& reader_;
  TagScanner scanner_;
  State state_ = State::data;
  Element raw_element_ = Element::other;  // whose end tag ends raw text
  bool is_end_tag_ = false;
  std::size_t foreign_depth_ = 0;  // <svg> and <math> that are open
  std::string held_;               // bytes of a token that is not whole
};

}  // namespace nbcrawl::html
