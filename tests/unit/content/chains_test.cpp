// The list of codings: its grammar, its order, its length.
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "decode_case.hpp"
#include "encode.hpp"

using Catch::Matchers::StartsWith;
using namespace nbcrawl::test;

namespace {

std::string joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
  return list;
}

}  // namespace

TEST_CASE("codings on top of each other come off in reverse order") {
  const std::string page = real_page();
  for (const std::vector<std::string>& codings :
       std::vector<std::vector<std::string>>{{"gzip", "br"},
                                             {"br", "gzip"},
                                             {"zstd", "deflate"},
                                             {"gzip", "gzip"},
                                             {"deflate", "br", "zstd"},
                                             {"gzip", "br", "zstd", "deflate"},
                                             {"br", "br", "br", "br"},
                                             {"zstd", "zstd", "zstd", "zstd"}}) {
    INFO(joined(codings));
    const std::string coded = encode_all(codings, page);
    CHECK(decode(joined(codings), coded) == page);
    CHECK(decode(joined(codings), coded, 1) == page);
    for (std::size_t size = 1; size < coded.size(); size += 13) {
      REQUIRE_THAT(outcome(decode(joined(codings), coded.substr(0, size))), StartsWith("bad_encoding: "));
    }
    REQUIRE_THAT(outcome(decode(joined(codings), coded.substr(0, coded.size() - 1))), StartsWith("bad_encoding: "));
  }
}

TEST_CASE("an inner coding may not be truncated where the outer one is whole") {
  const std::string inner = brotli(real_page());
  CHECK(outcome(decode("br, gzip", gzip(inner.substr(0, inner.size() - 1)))) == "bad_encoding: truncated br");
}

TEST_CASE("more than four codings are refused, known or not") {
  CHECK(outcome(decode("gzip, gzip, gzip, gzip, gzip", "")) == "bad_encoding: more than 4 content codings");
  CHECK(outcome(decode("a,b,c,d,e,f,g,h,i,j", "")) == "bad_encoding: more than 4 content codings");
  CHECK(outcome(decode("gzip, br, identity, zstd,, deflate, identity", "")) == "ok");
}

TEST_CASE("the list is read as RFC 9110 writes it") {
  const std::string coded = gzip("text");
  for (const char* list : {"gzip", "GZip", " gzip\t", ",gzip,", "identity, gzip", "gzip , , identity", "x-gzip"}) {
    INFO(list);
    CHECK(decode(list, coded) == "text");
  }
  for (const char* list : {"", " ", ",", "identity", "Identity, identity"}) {
    INFO(list);
    CHECK(nbcrawl::ContentDecoder::create(list, 1).value().is_identity());
    CHECK(decode(list, "as is") == "as is");
  }
}

TEST_CASE("a coding that is not known is named") {
  CHECK(outcome(decode("compress", "")) == "bad_encoding: unknown content coding compress");
  CHECK(outcome(decode("gzip, dcb", "")) == "bad_encoding: unknown content coding dcb");
  CHECK(outcome(decode("gzip br", "")) == "bad_encoding: unknown content coding gzip br");
  CHECK(outcome(decode(std::string(100'000, 'x'), "")) ==
        "bad_encoding: unknown content coding " + std::string(64, 'x'));
}
