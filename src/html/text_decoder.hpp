#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nbcrawl::html {

/// Where text stands, which decides what it means.
enum class TextKind : std::uint8_t {
  data,    ///< between tags: character references count, NUL does not
  rcdata,  ///< in <title> and <textarea>: character references count
  raw,     ///< in <script>, <style> and the like
};

/// Turns the text of the tokenizer, which is as it stands on the page, into what it says: references replaced, CR and
/// CR LF made LF, NUL made U+FFFD or nothing. Text may come in pieces cut anywhere; at most some 60 bytes are held.
class TextDecoder {
 public:
  /// Whether `raw`, coming next, says just what it is, so that it need not be decoded.
  [[nodiscard]] bool is_plain(std::string_view raw) const noexcept;
  /// Appends to `out` what `raw` says, but for a reference at its end that may go on.
  void decode(std::string_view raw, TextKind kind, std::string& out);
  /// The text ends here.
  void finish(std::string& out);

 private:
  std::string held_;  // from "&" on
  TextKind kind_ = TextKind::data;
  bool after_cr_ = false;
};

/// What an attribute's value says. A part of `raw` where nothing is to be replaced, else it stands in `buffer`.
[[nodiscard]] std::string_view decode_attribute(std::string_view raw, std::string& buffer);

}  // namespace nbcrawl::html
