#include "url/no_proxy.hpp"

#include "catch2_shim.hpp"

using nbcrawl::NoProxy;
using nbcrawl::Url;

TEST_CASE("a host is reached without a proxy where the list names it, its domain or its block") {
  struct Row {
    std::string_view list;
    std::string_view url;
    bool contained;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"", "http://example.org/", false},
           {" , ,\t", "http://example.org/", false},
           {"*", "http://example.org/", true},
           {"*", "http://127.0.0.1/", true},
           {"*", "http://[::1]/", true},
           {"other.test,*", "http://example.org/", true},
           {"example.org", "http://example.org/", true},
           {"example.org", "https://example.org:8443/a", true},
           {"example.org", "http://www.example.org/", true},
           {"example.org", "http://a.b.example.org/", true},
           {"example.org", "http://notexample.org/", false},
           {"example.org", "http://example.org.evil.test/", false},
           {"example.org", "http://org/", false},
           {".example.org", "http://example.org/", true},
           {".example.org", "http://www.example.org/", true},
           {"*.example.org", "http://www.example.org/", true},
           {"*.example.org", "http://notexample.org/", false},
           {"example.org.", "http://example.org/", true},
           {"example.org", "http://example.org./", true},
           {"EXAMPLE.org", "http://eXample.ORG/", true},
           {"www.example.org", "http://example.org/", false},
           {"a.test b.test", "http://b.test/", true},
           {"a.test,b.test", "http://b.test/", true},
           {" a.test , b.test ", "http://b.test/", true},
           {"localhost", "http://localhost:8080/", true},
           {"bücher.test", "http://xn--bcher-kva.test/", true},
           {"127.0.0.1", "http://127.0.0.1/", true},
           {"127.0.0.1", "http://127.1/", true},
           {"127.0.0.1", "http://127.0.0.2/", false},
           {"0.0.1", "http://127.0.0.1/", false},  // no suffix of an address
           {"1", "http://127.0.0.1/", false},
           {"127.0.0.0/8", "http://127.200.1.2/", true},
           {"127.0.0.0/8", "http://128.0.0.1/", false},
           {"192.168.4.0/22", "http://192.168.7.255/", true},
           {"192.168.4.0/22", "http://192.168.8.0/", false},
           {"10.1.2.3/32", "http://10.1.2.3/", true},
           {"10.1.2.3/31", "http://10.1.2.2/", true},
           {"0.0.0.0/0", "http://8.8.8.8/", true},
           {"0.0.0.0/0", "http://[::1]/", false},
           {"0.0.0.0/0", "http://example.org/", false},  // names are not looked up for this
           {"::1", "http://[::1]/", true},
           {"[::1]", "http://[0:0::1]/", true},
           {"::1", "http://[::2]/", false},
           {"fd00::/8", "http://[fdab:cd::1]/", true},
           {"[fd00::]/8", "http://[fdab:cd::1]/", true},
           {"fd00::/8", "http://[fe00::1]/", false},
           {"2001:db8:a0::/44", "http://[2001:db8:af::1]/", true},
           {"2001:db8:a0::/44", "http://[2001:db8:b0::1]/", false},
           {"::/0", "http://[::1]/", true},
           {"::/0", "http://127.0.0.1/", false},
       }) {
    INFO(row.list << " and " << row.url);
    const auto list = NoProxy::parse(row.list);
    REQUIRE(list.has_value());
    const auto url = Url::parse(row.url);
    REQUIRE(url.has_value());
    CHECK(list->contains(*url) == row.contained);
  }
}

TEST_CASE("what names no host is refused, by name") {
  for (const std::string_view element :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "::1/129", "fd00::/x", "example.org/8",
        "example.org:8080", "127.0.0.1:80", "999.1.1.1", "[::1]:80", "."}) {
    INFO(element);
    const auto list = NoProxy::parse("good.test," + std::string(element));
    REQUIRE_FALSE(list.has_value());
    CHECK(list.error().kind == nbcrawl::ErrorKind::invalid_job);
    CHECK(list.error().detail.find("'" + std::string(element) + "'") != std::string::npos);
  }
  CHECK_FALSE(NoProxy::parse("user:secret@host").has_value());
  CHECK(NoProxy::parse("user:secret@host").error().detail.find("secret") == std::string::npos);
}
