// Cases written from the WHATWG URL standard, sections 3.5 and 3.6: IPv4 and IPv6 addresses.
#include "catch2_shim.hpp"
#include "url_case.hpp"

using nbcrawl::test::Accepted;
using nbcrawl::test::Refused;

TEST_CASE("an IPv4 address in any notation becomes four decimal parts") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://127.0.0.1/", "http://127.0.0.1/"},
           {"http://0.0.0.0/", "http://0.0.0.0/"},
           {"http://255.255.255.255/", "http://255.255.255.255/"},
           {"http://127.0.0.1./", "http://127.0.0.1/"},
           {"http://127.1/", "http://127.0.0.1/"},
           {"http://127.1./", "http://127.0.0.1/"},
           {"http://127.0.1/", "http://127.0.0.1/"},
           {"http://1.256/", "http://1.0.1.0/"},
           {"http://1.2.65535/", "http://1.2.255.255/"},
           {"http://1.16777215/", "http://1.255.255.255/"},
           {"http://2130706433/", "http://127.0.0.1/"},
           {"http://4294967295/", "http://255.255.255.255/"},
           {"http://0/", "http://0.0.0.0/"},
           {"http://0x7f.1/", "http://127.0.0.1/"},
           {"http://0X7F.1/", "http://127.0.0.1/"},
           {"http://0x7f000001/", "http://127.0.0.1/"},
           {"http://0x7F.0x0.0x0.0x1/", "http://127.0.0.1/"},
           {"http://0177.1/", "http://127.0.0.1/"},
           {"http://0177.0.0.01/", "http://127.0.0.1/"},
           {"http://017700000001/", "http://127.0.0.1/"},
           {"http://0x7f.0377.1/", "http://127.255.0.1/"},
           {"http://00000000000000000000000000000000177.1/", "http://127.0.0.1/"},
           {"http://0x000000000000000000000000000000007f.1/", "http://127.0.0.1/"},
           {"http://0x/", "http://0.0.0.0/"},
           {"http://1.0x/", "http://1.0.0.0/"},
           {"http://0x.0x.0/", "http://0.0.0.0/"},
           {"http://010.010/", "http://8.0.0.8/"},
           {"http://%31%32%37.1/", "http://127.0.0.1/"},
           {"http://0x7f.%31/", "http://127.0.0.1/"},
           {"http://127%2e0.0.1/", "http://127.0.0.1/"},
           {"http://１２７.１/", "http://127.0.0.1/"},
           {"http://０Ｘ７ｆ．１/", "http://127.0.0.1/"},
           {"http://①②⑦.0.0.①/", "http://127.0.0.1/"},
           {"http://127。0。0。1/", "http://127.0.0.1/"},
           {"http://169.254.169.254:80/latest", "http://169.254.169.254/latest"},
           {"http://0xa9fea9fe/", "http://169.254.169.254/"},
           {"http://127.0.0.1:8888/index.html", "http://127.0.0.1:8888/index.html"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("a host whose last label is no number is a domain") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://1.2.3.4.example/", "http://1.2.3.4.example/"},
           {"http://127.0.0.1.nip.io/", "http://127.0.0.1.nip.io/"},
           {"http://1.2.3.4a/", "http://1.2.3.4a/"},
           {"http://0xg/", "http://0xg/"},
           {"http://1.0xfg/", "http://1.0xfg/"},
           {"http://x0/", "http://x0/"},
           {"http://1e9/", "http://1e9/"},
           {"http://-1/", "http://-1/"},
           {"http://1../", "http://1../"},
           {"http://127.0.0.1../", "http://127.0.0.1../"},
           {"http://123abc.de/", "http://123abc.de/"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("a host that ends in a number but is no IPv4 address is refused") {
  for (const Refused& refused : std::initializer_list<Refused>{
           {"http://256.0.0.1/", "has an IPv4 address out of range as host"},
           {"http://1.256.1/", "has an IPv4 address out of range as host"},
           {"http://1.2.3.256/", "has an IPv4 address out of range as host"},
           {"http://1.2.65536/", "has an IPv4 address out of range as host"},
           {"http://1.16777216/", "has an IPv4 address out of range as host"},
           {"http://4294967296/", "has an IPv4 address out of range as host"},
           {"http://0x100000000/", "has an IPv4 address out of range as host"},
           {"http://040000000000/", "has an IPv4 address out of range as host"},
           {"http://18446744073709551617/", "has an IPv4 address out of range as host"},
           {"http://0x10000000000000000000000000001/", "has an IPv4 address out of range as host"},
           {"http://127.18446744073709551617/", "has an IPv4 address out of range as host"},
           {"http://18446744073709551743.1/", "has an IPv4 address out of range as host"},
           {"http://1.2.3.4.5/", "has an IPv4 address of more than four parts as host"},
           {"http://0.0.0.0.0/", "has an IPv4 address of more than four parts as host"},
           {"http://09/", "has a host that ends in a number but is no IPv4 address"},
           {"http://1.08/", "has a host that ends in a number but is no IPv4 address"},
           {"http://08.1/", "has a host that ends in a number but is no IPv4 address"},
           {"http://1..2/", "has a host that ends in a number but is no IPv4 address"},
           {"http://.1/", "has a host that ends in a number but is no IPv4 address"},
           {"http://..1/", "has a host that ends in a number but is no IPv4 address"},
           {"http://example.1/", "has a host that ends in a number but is no IPv4 address"},
           {"http://example.0x1f/", "has a host that ends in a number but is no IPv4 address"},
           {"http://0xg.1/", "has a host that ends in a number but is no IPv4 address"},
           {"http://1.2.3.09./", "has a host that ends in a number but is no IPv4 address"},
           {"http://-1.1/", "has a host that ends in a number but is no IPv4 address"},
           {"http://a.b.c.d.9/", "has a host that ends in a number but is no IPv4 address"},
       }) {
    nbcrawl::test::check(refused);
  }
}

TEST_CASE("an IPv6 address is compressed and written in lower case") {
  for (const Accepted& accepted : std::initializer_list<Accepted>{
           {"http://[::]/", "http://[::]/"},
           {"http://[::1]/", "http://[::1]/"},
           {"http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"},
           {"http://[0000:0000:0000:0000:0000:0000:0000:0000]/", "http://[::]/"},
           {"http://[1::]/", "http://[1::]/"},
           {"http://[1:0:0:0:0:0:0:0]/", "http://[1::]/"},
           {"http://[1::8]/", "http://[1::8]/"},
           {"http://[1:2:3:4:5:6:7:8]/", "http://[1:2:3:4:5:6:7:8]/"},
           {"http://[2001:DB8::AbCd]/", "http://[2001:db8::abcd]/"},
           {"http://[2001:0db8:0000:0000:0000:ff00:0042:8329]/", "http://[2001:db8::ff00:42:8329]/"},
           {"http://[1:0:0:2:0:0:0:3]/", "http://[1:0:0:2::3]/"},
           {"http://[1:0:0:2:3:0:0:4]/", "http://[1::2:3:0:0:4]/"},
           {"http://[0:1:0:1:0:1:0:1]/", "http://[0:1:0:1:0:1:0:1]/"},
           {"http://[0:0:1:0:0:0:0:1]/", "http://[0:0:1::1]/"},
           {"http://[0:f:0:0:f:f:0:0]/", "http://[0:f::f:f:0:0]/"},
           {"http://[::2:3:4:5:6:7:8]/", "http://[0:2:3:4:5:6:7:8]/"},
           {"http://[1:2:3:4:5:6:7::]/", "http://[1:2:3:4:5:6:7:0]/"},
           {"http://[1:2:3::5:6:7:8]/", "http://[1:2:3:0:5:6:7:8]/"},
           {"http://[1::5:0:0:0]/", "http://[1::5:0:0:0]/"},
           {"http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"},
           {"http://[::ffff:7f00:1]/", "http://[::ffff:7f00:1]/"},
           {"http://[::127.0.0.1]/", "http://[::7f00:1]/"},
           {"http://[64:ff9b::192.0.2.33]/", "http://[64:ff9b::c000:221]/"},
           {"http://[1:2:3:4:5:6:255.255.255.255]/", "http://[1:2:3:4:5:6:ffff:ffff]/"},
           {"http://[1::0.0.0.0]/", "http://[1::]/"},
           {"http://[::FFFF:A9FE:A9FE]:8080/x", "http://[::ffff:a9fe:a9fe]:8080/x"},
           {"https://[::1]:443", "https://[::1]/"},
       }) {
    nbcrawl::test::check(accepted);
  }
}

TEST_CASE("something else in brackets is refused") {
  for (const std::string_view input : {
           "http://[]/",
           "http://[:]/",
           "http://[:1]/",
           "http://[1:]/",
           "http://[1:2:3:4:5:6:7:]/",
           "http://[1:2:3:4:5:6:7]/",
           "http://[1:2:3:4:5:6:7:8:9]/",
           "http://[1:2:3:4:5:6:7:8::]/",
           "http://[::1:2:3:4:5:6:7:8]/",
           "http://[1:2:3:4::5:6:7:8]/",
           "http://[1::2::3]/",
           "http://[:::]/",
           "http://[1:::2]/",
           "http://[12345::]/",
           "http://[g::]/",
           "http://[::1%25eth0]/",
           "http://[fe80::1%eth0]/",
           "http://[::1 ]/",
           "http://[ ::1]/",
           "http://[0:0::%31]/",
           "http://[127.0.0.1]/",
           "http://[::1.2.3]/",
           "http://[::1.2.3.4.5]/",
           "http://[::1.2.3.]/",
           "http://[::.1.2.3]/",
           "http://[::1..2.3]/",
           "http://[::1.2.3.256]/",
           "http://[::1.2.3.04]/",
           "http://[::00.1.2.3]/",
           "http://[::0x7f.0.0.1]/",
           "http://[::1.2.3.4:5]/",
           "http://[::1.2.3.4::]/",
           "http://[1:2:3:4:5:6:7:1.2.3.4]/",
           "http://[1:2:3:4:5:6:7:8:1.2.3.4]/",
           "http://[::1.2.3.a]/",
           "http://[www.example.com]/",
           "http://[::１]/",
       }) {
    nbcrawl::test::check(Refused{input, "has something in brackets as host that is no IPv6 address"});
  }
}

TEST_CASE("a bracket that does not close is refused") {
  for (const std::string_view input :
       {"http://[::1/", "http://[::1", "http://[", "http://[::1%5d/", "http://[::1]a/", "http://[::1].example/",
        "http://[::1:80/", "http://[::1?]/", "http://[::1#]/"}) {
    nbcrawl::test::check(Refused{input, "has an IPv6 address without its closing bracket as host"});
  }
}
