// User name and password: taken apart as the WHATWG URL standard says, and shown nowhere (promise A24).
#include <string>

#include "catch2_shim.hpp"
#include "url_case.hpp"

using namespace std::string_view_literals;
using nbcrawl::Url;

namespace {

struct Credentials {
  std::string_view input;
  std::string_view username;
  std::string_view password;
  std::string_view href = "http://h/";
};

std::string refusal_of(std::string_view input) {
  const auto url = Url::parse(input);
  INFO(input);
  REQUIRE_FALSE(url);
  return url.error().detail;
}

}  // namespace

TEST_CASE("user name and password are split off the host and percent-encoded") {
  for (const Credentials& c : std::initializer_list<Credentials>{
           {"http://user@h/", "user", ""},
           {"http://user:@h/", "user", ""},
           {"http://:pw@h/", "", "pw"},
           {"http://user:pw@h/", "user", "pw"},
           {"http://@h/", "", ""},
           {"http://:@h/", "", ""},
           {"http://u:p:q@h/", "u", "p%3Aq"},
           {"http://u:p@q@h/", "u", "p%40q"},
           {"http://u@v:p@h/", "u%40v", "p"},
           {"http://@@h/", "%40", ""},
           {"http://::@h/", "", "%3A"},
           {"http://u%40v:%3a@h/", "u%40v", "%3a"},
           {"http://u;=[]^|:@h/", "u%3B%3D%5B%5D%5E%7C", ""},
           {"http://\"<>`{}:'!$&()*+,-._~@h/", "%22%3C%3E%60%7B%7D", "'!$&()*+,-._~"},
           {"http://a b:c d@h/", "a%20b", "c%20d"},
           {"http://ü:\xff@h/", "%C3%BC", "%FF"},
           {"http://u\0:\x7f@h/"sv, "u%00", "%7F"},
           {"http://u\t:\np@h/", "u", "p"},
           {"http:u:p@h", "u", "p"},
           {"http:\\u:p@h", "u", "p"},
           {"http://u:p@h:80/", "u", "p"},
           {"http://u:p@h:81/x?y#z", "u", "p", "http://h:81/x?y#z"},
           {"http://u:80@[::1]:81/", "u", "80", "http://[::1]:81/"},
           {"http://[::1]@h/", "%5B", "%3A1%5D"},
       }) {
    INFO(c.input);
    const auto url = Url::parse(c.input);
    REQUIRE(url);
    CHECK(url->username() == c.username);
    CHECK(url->password() == c.password);
    nbcrawl::test::check_url(*url, c.href);
  }
}

TEST_CASE("user name and password are inherited by a reference that keeps the host") {
  const Url base = *Url::parse("https://user:pw@h:81/a/b?q#f");
  for (const std::string_view reference : {"", "#x", "?x", "x", "/x", "..", "https:x", "https:/x", "https:"}) {
    INFO(reference);
    const auto url = base.resolve(reference);
    REQUIRE(url);
    CHECK(url->username() == "user");
    CHECK(url->password() == "pw");
    CHECK(url->origin() == "https://h:81");
  }
}

TEST_CASE("user name and password are not inherited by a reference that names a host") {
  const Url base = *Url::parse("https://user:pw@h:81/a/b?q#f");
  for (const std::string_view reference :
       {"//h:81/", "\\\\h:81", "https://h:81/", "http://h:81/", "http:h:81", "https:\\\\h:81/", "//@h:81"}) {
    INFO(reference);
    const auto url = base.resolve(reference);
    REQUIRE(url);
    CHECK(url->username().empty());
    CHECK(url->password().empty());
    CHECK(url->authority() == "h:81");
  }
  CHECK(base.resolve("//other@h/")->username() == "other");
  CHECK(base.resolve("//other@h/")->password().empty());
}

TEST_CASE("an error's detail holds no user name and no password") {
  for (const std::string_view input : std::initializer_list<std::string_view>{
           "http://sesame:secret@ex ample/",
           "http://sesame:secret@h:0/",
           "http://sesame:secret@",
           "http://sesame:secret@h:x/",
           "http://sesame:x/secret@h/",
           "http://sesame:x?secret@h/",
           "http://sesame:x#secret@h/",
           "http://sesame:x\\secret@h/",
           "http://sesame:secret@secret@ h/",
           "http:sesame:secret@ h/",
           "http:/sesame:secret@ h/",
           "http:\\\\sesame:secret@ h/",
           " http://sesame:secret@ h/",
           "ht\ntp://sesame:secret@ h/",
           "h\0ttp://sesame:secret@h/"sv,
           "http://sesame:\0secret@ h/"sv,
           "sesame:secret@h/",
           "sesame:secret@h:80/http://",
           "//sesame:secret@h/",
           "://sesame:secret@h/",
           "/sesame:secret@h/",
           "ftp://sesame:secret@h/",
           "http://sesame:secret@[::1/",
           "http://sesame%3asecret@ h/",
           "sesame/secret@h",
           "a sesame:secret@h",
       }) {
    INFO(input);
    const std::string detail = refusal_of(input);
    CHECK_THAT(detail, !Catch::Matchers::Contains("sesame"));
    CHECK_THAT(detail, !Catch::Matchers::Contains("secret"));
    CHECK_THAT(detail, Catch::Matchers::Contains("***@"));
  }
  const std::string hidden(5000, 's');
  CHECK(refusal_of("http://" + hidden + ":" + hidden + "@h:x/") ==
        "URL \"http://***@h:x/\" has a port that is no number");
}

TEST_CASE("an error of a reference holds no secret of the base either") {
  const Url base = *Url::parse("http://sesame:secret@h/");
  const auto url = base.resolve("//a b/");
  REQUIRE_FALSE(url);
  CHECK(url.error().detail == "URL \"//a b/\" has a character in its host that no host can have");
}

TEST_CASE("an error's detail names the URL and the reason in one printable line") {
  CHECK(refusal_of("http://a b/") == "URL \"http://a b/\" has a character in its host that no host can have");
  CHECK(refusal_of("www.example.com") == "URL \"www.example.com\" does not begin with http:// or https://");
  CHECK(refusal_of("ftp://h/") == "URL \"ftp://h/\" begins with a scheme other than http and https");
  CHECK(refusal_of("ftp://u@h/") == "URL \"ftp://***@h/\" begins with a scheme other than http and https");
  CHECK(refusal_of("http://bücher:x/") == "URL \"http://bücher:x/\" has a port that is no number");
  CHECK(refusal_of("\x1b[31m\r\n\0"sv) == "URL \"\\x1b[31m\\x0d\\x0a\\x00\" does not begin with http:// or https://");
  CHECK(refusal_of("\xff\u202ex") == "URL \"\\xff\\u{202e}x\" does not begin with http:// or https://");
  const std::string shown = "http://" + std::string(191, 'a');
  CHECK(refusal_of(shown + "üüü:x") == "URL \"" + shown + "ü...\" has a port that is no number");
  CHECK(refusal_of(shown + "aüü:x") == "URL \"" + shown + "a...\" has a port that is no number");
  CHECK(refusal_of("").starts_with("URL \"\" does not"));
}
