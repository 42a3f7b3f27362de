// Each coding alone: whole, split anywhere, cut anywhere, corrupt, and with something behind its end.
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "decode_case.hpp"
#include "encode.hpp"

using Catch::Matchers::StartsWith;
using namespace nbcrawl::test;

namespace {

struct Coded {
  std::string coding;
  std::string what;
  std::string bytes;
};

std::vector<Coded> all_codings(std::string_view text) {
  return {{"gzip", "gzip", gzip(text)},
          {"X-GZIP", "x-gzip", gzip(text)},
          {"deflate", "zlib", zlib_format(text)},
          {"deflate", "raw deflate", raw_deflate(text)},
          {"br", "br", brotli(text)},
          {"zstd", "zstd", zstd(text)}};
}

std::string flipped(std::string bytes, std::size_t at) {
  bytes.at(at) = static_cast<char>(bytes[at] ^ 0x10);
  return bytes;
}

}  // namespace

TEST_CASE("a real page is decoded, whole and in pieces of any size") {
  const std::string page = real_page();
  for (const Coded& coded : all_codings(page)) {
    INFO(coded.what);
    REQUIRE(coded.bytes.size() < page.size());
    for (const std::size_t piece_bytes :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, std::size_t{1000}, std::string::npos}) {
      INFO(piece_bytes);
      CHECK(decode(coded.coding, coded.bytes, piece_bytes) == page);
    }
  }
}

TEST_CASE("content is decoded whole when it is split into two at any byte") {
  const std::string page = real_page().substr(0, 3000);
  for (const Coded& coded : all_codings(page)) {
    INFO(coded.what);
    std::size_t wrong = 0;
    for (std::size_t at = 0; at <= coded.bytes.size(); ++at) {
      auto decoder = nbcrawl::ContentDecoder::create(coded.coding, no_limit).value();
      Collector collector;
      const bool whole = decoder.feed(std::string_view(coded.bytes).substr(0, at), collector) &&
                         decoder.feed(std::string_view(coded.bytes).substr(at), collector) && decoder.finish();
      wrong += !whole || collector.text != page;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("truncated content is an error, wherever it is cut") {
  const std::string page = real_page();
  for (const Coded& coded : all_codings(page)) {
    INFO(coded.what);
    for (std::size_t size = 1; size < coded.bytes.size(); ++size) {
      const auto result = decode(coded.coding, coded.bytes.substr(0, size));
      if (!result && result.error().kind == nbcrawl::ErrorKind::bad_encoding) continue;
      INFO("cut to " << size << " of " << coded.bytes.size());
      REQUIRE(outcome(result) == "bad_encoding");
    }
  }
  CHECK(outcome(decode("gzip", gzip(page).substr(0, 500))) == "bad_encoding: truncated gzip");
  CHECK(outcome(decode("zstd", zstd(page).substr(0, 500))) == "bad_encoding: truncated zstd");
}

TEST_CASE("what comes before a cut is passed on at once") {
  const std::string page = real_page();
  for (const Coded& coded : all_codings(page)) {
    if (coded.what == "br" || coded.what == "zstd") continue;  // their blocks are larger than the page
    INFO(coded.what);
    auto decoder = nbcrawl::ContentDecoder::create(coded.coding, no_limit).value();
    Collector collector;
    REQUIRE(decoder.feed(coded.bytes.substr(0, coded.bytes.size() / 2), collector));
    CHECK(collector.text.size() > page.size() / 4);
    CHECK(page.starts_with(collector.text));
  }
}

TEST_CASE("a wrong check value is an error") {
  const std::string page = real_page();
  for (std::size_t from_end = 1; from_end <= 8; ++from_end) {
    const std::string coded = gzip(page);
    CHECK(outcome(decode("gzip", flipped(coded, coded.size() - from_end))) ==
          (from_end <= 4 ? "bad_encoding: corrupt gzip: incorrect length check"
                         : "bad_encoding: corrupt gzip: incorrect data check"));
  }
  for (std::size_t from_end = 1; from_end <= 4; ++from_end) {
    const std::string zlib = zlib_format(page);
    CHECK(outcome(decode("deflate", flipped(zlib, zlib.size() - from_end))) ==
          "bad_encoding: corrupt deflate: incorrect data check");
    const std::string zstandard = zstd(page);
    CHECK_THAT(outcome(decode("zstd", flipped(zstandard, zstandard.size() - from_end))),
               StartsWith("bad_encoding: corrupt zstd: "));
  }
}

TEST_CASE("content that is not coded as said is an error") {
  const std::string page = real_page();
  for (const char* coding : {"gzip", "deflate", "br", "zstd"}) {
    INFO(coding);
    CHECK_THAT(outcome(decode(coding, page)), StartsWith(std::string("bad_encoding: corrupt ") + coding + ": "));
  }
}

TEST_CASE("a body of no bytes is whole in any coding") {
  for (const char* codings : {"gzip", "x-gzip", "deflate", "br", "zstd", "gzip, br", "identity", ""}) {
    INFO(codings);
    CHECK(decode(codings, "") == "");
  }
}

TEST_CASE("the coded form of nothing is whole and empty") {
  for (const Coded& coded : all_codings("")) {
    INFO(coded.what);
    CHECK(decode(coded.coding, coded.bytes) == "");
    CHECK(decode(coded.coding, coded.bytes, 1) == "");
  }
}

TEST_CASE("what follows the end of the coded data is dropped") {
  const std::string page = real_page();
  for (const Coded& coded : all_codings(page)) {
    for (const std::string& tail : {std::string(1, '\0'), std::string(1000, '\0'), std::string("\r\n"),
                                    std::string("<!-- served by cache 7 -->"), noise(200'000)}) {
      INFO(coded.what << " and " << tail.size() << " bytes");
      CHECK(decode(coded.coding, coded.bytes + tail) == page);
      CHECK(decode(coded.coding, coded.bytes + tail, 1) == page);
    }
  }
}

TEST_CASE("several gzip members and several zstd frames are one content") {
  const std::string page = real_page();
  const std::string head = page.substr(0, 4000);
  const std::string rest = page.substr(4000);
  for (const std::size_t piece_bytes : {std::size_t{1}, std::size_t{3}, std::string::npos}) {
    CHECK(decode("gzip", gzip(head) + gzip("") + gzip(rest), piece_bytes) == page);
    CHECK(decode("gzip", gzip(head) + std::string(512, '\0') + gzip(rest), piece_bytes) == page);
    CHECK(decode("zstd", zstd(head) + zstd("") + zstd(rest), piece_bytes) == page);
    // A skippable frame (RFC 8878 section 3.1.2) is no content.
    const std::string skippable("\x5A\x2A\x4D\x18\x03\0\0\0xyz", 11);
    CHECK(decode("zstd", skippable + zstd(head) + skippable + zstd(rest) + skippable, piece_bytes) == page);
  }
}

TEST_CASE("a later gzip member or zstd frame may not be cut or corrupt") {
  const std::string member = gzip("second");
  for (std::size_t size = 1; size < member.size(); ++size) {
    CHECK_THAT(outcome(decode("gzip", gzip("first") + member.substr(0, size))), StartsWith("bad_encoding: "));
  }
  CHECK_THAT(outcome(decode("gzip", gzip("first") + flipped(member, 3))), StartsWith("bad_encoding: corrupt gzip"));
  const std::string frame = zstd("second");
  for (std::size_t size = 1; size < frame.size(); ++size) {
    CHECK_THAT(outcome(decode("zstd", zstd("first") + frame.substr(0, size))), StartsWith("bad_encoding: "));
  }
  CHECK(decode("gzip", gzip("first") + "\x1f\x1f") == "first");
}

TEST_CASE("windows: br up to 16 MiB, zstd up to 8 MiB") {
  const std::string text = noise(100'000) + noise(100'000);
  CHECK(decode("br", brotli(text, 5, 24)) == text);
  CHECK_THAT(outcome(decode("br", brotli(text, 5, 25, true))), StartsWith("bad_encoding: corrupt br: "));
  CHECK(decode("zstd", zstd(text, 3, 23)) == text);
  CHECK(outcome(decode("zstd", zstd(text, 3, 24))) ==
        "bad_encoding: corrupt zstd: Frame requires too much memory for decoding");
}

TEST_CASE("deflate: a dictionary is an error, and so is zlib's format with a wrong header check") {
  std::string coded = zlib_format("text");
  coded[1] = static_cast<char>(0xBB);  // FDICT, and FCHECK to match
  CHECK(outcome(decode("deflate", coded.substr(0, 2) + "\1\2\3\4" + coded.substr(2))) ==
        "bad_encoding: corrupt deflate: need dictionary");
  coded[1] = static_cast<char>(0x9D);
  CHECK(outcome(decode("deflate", coded)) == "bad_encoding: corrupt deflate: incorrect header check");
}

TEST_CASE("raw deflate is known by its first byte, for every kind of first block") {
  CHECK(decode("deflate", raw_deflate("stored", 0)) == "stored");
  CHECK(decode("deflate", raw_deflate("fixed")) == "fixed");
  const std::string dynamic = real_page();
  CHECK(decode("deflate", raw_deflate(dynamic, 9)) == dynamic);
  const std::string several_stored = noise(200'000);
  CHECK(decode("deflate", raw_deflate(several_stored, 0)) == several_stored);
}

TEST_CASE("zstd: formats from before RFC 8878 are refused, however their bytes arrive") {
  // A header of v0.7 that asks for a window of 128 MiB, behind whatever sends libzstd to look for it.
  const std::string old("\x27\xB5\x2F\xFD\x00\x88\x00\x00", 8);
  CHECK(outcome(decode("zstd", old)) == "bad_encoding: corrupt zstd: Unknown frame descriptor");
  const std::string reserved_bit("\x28\xB5\x2F\xFD\xC8", 5);
  for (const std::string& lead : {std::string("\x28"), reserved_bit}) {
    auto decoder = nbcrawl::ContentDecoder::create("zstd", no_limit).value();
    Collector collector;
    REQUIRE(decoder.feed(lead, collector));
    CHECK_THAT(outcome(decoder.feed(old + old, collector)), StartsWith("bad_encoding: corrupt zstd: "));
  }
}
