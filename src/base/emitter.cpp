#include "nbcrawl/callback.hpp"

namespace nbcrawl {

void Emitter::bytes(std::string_view data) {
  if (!borrowed_.empty()) {
    owned_.assign(borrowed_);
    borrowed_ = {};
  }
  owned_.append(data);
}

void Emitter::borrow(std::string_view data) {
  if (owned_.empty() && borrowed_.empty()) {
    borrowed_ = data;
  } else {
    bytes(data);
  }
}

void Emitter::fail(std::string reason) {
  failed_ = true;
  failure_ = reason.empty() ? "the callback failed" : std::move(reason);
}

void Emitter::set_charset(std::string_view charset, std::string_view source) {
  charset_ = charset;
  charset_source_ = source;
}

void Emitter::set_body_file(std::string path) { body_file_ = std::move(path); }

}  // namespace nbcrawl
