#include "fetch/proxy_rules.hpp"

#include <map>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

using Variables = std::map<std::string, std::string>;

Result<ProxyRules> make(const std::optional<std::string>& proxy, const std::optional<std::string>& no_proxy,
                        const Variables& set) {
  return ProxyRules::create(proxy, no_proxy, [&set](const char* name) -> const char* {
    const auto found = set.find(name);
    return found != set.end() ? found->second.c_str() : nullptr;
  });
}

/// The name of the proxy for a URL; "none" where there is none.
std::string chosen(ProxyRules& rules, std::string_view url, const std::string* own = nullptr) {
  const auto proxy = rules.choose(Url::parse(url).value(), own);
  REQUIRE(proxy);
  return *proxy != nullptr ? (*proxy)->name : "none";
}

TEST_CASE("the environment's proxy depends on the scheme, and all_proxy stands in for both", "[proxy_rules]") {
  struct Row {
    Variables set;
    std::string http;
    std::string https;
  };
  const std::vector<Row> rows{
      {{}, "none", "none"},
      {{{"http_proxy", "a:1"}}, "a:1", "none"},
      {{{"HTTP_PROXY", "a:1"}}, "none", "none"},
      {{{"https_proxy", "a:1"}}, "none", "a:1"},
      {{{"HTTPS_PROXY", "a:1"}}, "none", "a:1"},
      {{{"https_proxy", "a:1"}, {"HTTPS_PROXY", "b:1"}}, "none", "a:1"},
      {{{"all_proxy", "a:1"}}, "a:1", "a:1"},
      {{{"ALL_PROXY", "a:1"}}, "a:1", "a:1"},
      {{{"http_proxy", "a:1"}, {"all_proxy", "b:1"}}, "a:1", "b:1"},
      {{{"http_proxy", ""}, {"all_proxy", "b:1"}}, "b:1", "b:1"},
      {{{"all_proxy", "a:1"}, {"no_proxy", "example.org"}}, "none", "none"},
      {{{"all_proxy", "a:1"}, {"NO_PROXY", "example.org"}}, "none", "none"},
      {{{"all_proxy", "a:1"}, {"no_proxy", "other.org"}, {"NO_PROXY", "example.org"}}, "a:1", "a:1"},
  };
  for (const Row& row : rows) {
    auto rules = make(std::nullopt, std::nullopt, row.set);
    REQUIRE(rules);
    CHECK(chosen(*rules, "http://www.example.org/") == row.http);
    CHECK(chosen(*rules, "https://www.example.org/") == row.https);
  }
}

TEST_CASE("the run's proxy goes before the environment's, and a job's before both", "[proxy_rules]") {
  const Variables set{{"all_proxy", "a:1"}, {"no_proxy", "quiet.org"}};
  auto run = make("b:1", std::nullopt, set);
  REQUIRE(run);
  CHECK(chosen(*run, "http://example.org/") == "b:1");
  CHECK(chosen(*run, "http://quiet.org/") == "none");
  const std::string own = "socks5://c:1";
  const std::string none;
  CHECK(chosen(*run, "http://example.org/", &own) == "c:1");
  CHECK(chosen(*run, "http://quiet.org/", &own) == "none");
  CHECK(chosen(*run, "http://example.org/", &none) == "none");

  auto without = make("", std::nullopt, set);
  REQUIRE(without);
  CHECK(chosen(*without, "http://example.org/") == "none");

  auto list = make("b:1", "example.org", set);
  REQUIRE(list);
  CHECK(chosen(*list, "http://example.org/") == "none");
  CHECK(chosen(*list, "http://quiet.org/") == "b:1");

  auto empty_list = make("b:1", "", set);
  REQUIRE(empty_list);
  CHECK(chosen(*empty_list, "http://quiet.org/") == "b:1");
}

TEST_CASE("a bad proxy is an error that says whose it is and holds no password", "[proxy_rules]") {
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy"}) {
    const auto rules = make(std::nullopt, std::nullopt, {{name, "gopher://user:secret@h"}});
    REQUIRE_FALSE(rules);
    CHECK(rules.error().kind == ErrorKind::invalid_job);
    CHECK(rules.error().detail.find(name) != std::string::npos);
    CHECK(rules.error().detail.find("secret") == std::string::npos);
  }
  CHECK_FALSE(make("ftp://h", std::nullopt, {}));
  CHECK_FALSE(make("h:1", "10.0.0.0/99", {}));
}

}  // namespace
}  // namespace nbcrawl
