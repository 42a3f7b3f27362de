#include "sinks/body_form.hpp"

#include <string>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("each form of a body has a name of its own", "[body_form]") {
  for (const auto& [name, form] : body_forms) CHECK(name_of(form) == name);
}

TEST_CASE("without a form, text is what is UTF-8 to its last byte", "[body_form]") {
  const std::string text = "ASCII, and 中文, long enough for more than one step";
  for (std::size_t i = 0; i <= 11; ++i) {  // in the ASCII part
    CHECK(is_text(BodyForm::automatic, text.substr(0, i) + "." + text));
    CHECK_FALSE(is_text(BodyForm::automatic, text.substr(0, i) + "\xFF" + text));
  }
  CHECK(is_text(BodyForm::automatic, ""));
  CHECK_FALSE(is_text(BodyForm::automatic, text + "\xE4\xB8"));
}

TEST_CASE("a form that is asked for does not depend on the bytes", "[body_form]") {
  for (const char* bytes : {"text", "\xFF"}) {
    CHECK(is_text(BodyForm::text, bytes));
    CHECK_FALSE(is_text(BodyForm::base64, bytes));
    CHECK_FALSE(is_text(BodyForm::none, bytes));
  }
}

}  // namespace
}  // namespace nbcrawl
