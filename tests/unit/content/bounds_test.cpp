// Bombs and limits: how much comes out, how much memory it takes, and who can stop it.
#include <malloc.h>

#include <fstream>
#include <string>
#include <vector>

#include "catch2_shim.hpp"
#include "decode_case.hpp"
#include "encode.hpp"

using Catch::Matchers::StartsWith;
using namespace nbcrawl::test;
using nbcrawl::ContentDecoder;
using nbcrawl::ContentReceiver;
using nbcrawl::Error;
using nbcrawl::ErrorKind;
using nbcrawl::Result;

namespace {

constexpr std::size_t mebibyte = 1024 * 1024;

std::size_t resident_bytes() {
  std::ifstream stream("/proc/self/statm");
  std::size_t total_pages = 0;
  std::size_t resident_pages = 0;
  stream >> total_pages >> resident_pages;
  return resident_pages * 4096;
}

// Before a measurement: what the encoders left behind must not be counted as there before.
std::size_t resident_bytes_trimmed() {
  malloc_trim(0);
  return resident_bytes();
}

// Throws away what comes, and watches memory meanwhile.
struct Watcher final : ContentReceiver {
  Result<> on_content(std::string_view data) override {
    bytes += data.size();
    largest = std::max(largest, data.size());
    if (++calls % 16 == 0) most_resident = std::max(most_resident, resident_bytes());
    return {};
  }
  std::uint64_t bytes = 0;
  std::size_t largest = 0;
  std::size_t calls = 0;
  std::size_t most_resident = 0;
};

// Whole bodies come in pieces as large as a read from a socket.
Result<> feed(ContentDecoder& decoder, std::string_view body, ContentReceiver& receiver) {
  constexpr std::size_t read_bytes = 16 * 1024;
  for (; !body.empty(); body.remove_prefix(std::min(read_bytes, body.size()))) {
    if (const auto fed = decoder.feed(body.substr(0, read_bytes), receiver); !fed) return fed;
  }
  return decoder.finish();
}

struct Bomb {
  std::string codings;
  std::string body;
};

std::vector<Bomb> bombs() {
  const std::string zeros(96 * mebibyte, '\0');
  const std::string once = zstd(zeros);
  return {{"gzip", gzip(zeros, 1)},
          {"deflate", zlib_format(zeros, 1)},
          {"deflate", raw_deflate(zeros, 1)},
          {"br", brotli(zeros, 1, 24)},
          {"zstd", zstd(zeros, 3, 23)},
          {"gzip, gzip, gzip, gzip", gzip(gzip(gzip(gzip(zeros, 1))))},
          {"zstd, br, deflate, gzip", gzip(zlib_format(brotli(once)))}};
}

}  // namespace

TEST_CASE("a bomb is stopped at the limit, in bounded memory and in small pieces") {
  constexpr std::uint64_t limit = 64 * mebibyte;
  for (const Bomb& bomb : bombs()) {
    INFO(bomb.codings << ", " << bomb.body.size() << " bytes");
    auto decoder = ContentDecoder::create(bomb.codings, limit).value();
    Watcher watcher;
    const std::size_t before = resident_bytes_trimmed();
    const auto result = feed(decoder, bomb.body, watcher);
    CHECK(outcome(result) == "body_too_large: the decoded body exceeds 67108864 bytes");
    CHECK(watcher.bytes <= limit);
    CHECK(watcher.bytes > limit - nbcrawl::max_step_bytes);
    CHECK(watcher.largest <= nbcrawl::max_step_bytes);
    CHECK(watcher.most_resident < before + 32 * mebibyte);
  }
}

TEST_CASE("four layers with the largest windows take less than 64 MiB, or are refused") {
  const std::string content = noise(18 * mebibyte);
  for (const std::size_t layers : {2U, 4U}) {
    for (const bool is_brotli : {true, false}) {
      std::string body = content;
      std::string codings;
      for (std::size_t i = 0; i < layers; ++i) {
        body = is_brotli ? brotli(body, 1, 24) : zstd(body, 1, 23);
        codings += is_brotli ? "br," : "zstd,";
      }
      INFO(codings);
      auto decoder = ContentDecoder::create(codings, no_limit).value();
      Watcher watcher;
      const std::size_t before = resident_bytes_trimmed();
      const auto result = feed(decoder, body, watcher);
      CAPTURE(before, watcher.most_resident);
      CHECK(watcher.most_resident < before + 64 * mebibyte);
      if (is_brotli && layers == 4) {
        CHECK_THAT(outcome(result), StartsWith("bad_encoding: corrupt br: "));
      } else {
        CHECK(outcome(result) == "ok");
        CHECK(watcher.bytes == content.size());
      }
    }
  }
}

TEST_CASE("the limit is exact to the byte, whatever the coding") {
  const std::string page = real_page();
  for (const char* codings : {"", "gzip", "deflate", "br", "zstd"}) {
    INFO(codings);
    const std::string body = *codings == '\0' ? page : encode(codings, page);
    for (const std::size_t piece_bytes : {std::size_t{1}, std::string::npos}) {
      CHECK(decode(codings, body, piece_bytes, page.size()) == page);
      CHECK_THAT(outcome(decode(codings, body, piece_bytes, page.size() - 1)), StartsWith("body_too_large: "));
    }
    CHECK_THAT(outcome(decode(codings, body, 100, 0)), StartsWith("body_too_large: "));
  }
}

TEST_CASE("the limit is for what comes out, not for the layers below it") {
  const std::string content = noise(100'000);
  CHECK(decode("gzip, gzip", gzip(gzip(content)), 1000, content.size()) == content);
  CHECK_THAT(outcome(decode("gzip, gzip", gzip(gzip(content)), 1000, content.size() - 1)),
             StartsWith("body_too_large: "));
}

TEST_CASE("a bomb whose next layer swallows what comes out is stopped too") {
  // To the inner gzip the zeros are padding behind its only member.
  const std::string body = gzip(gzip("") + std::string(8 * mebibyte, '\0'));
  auto decoder = ContentDecoder::create("gzip, gzip", mebibyte).value();
  Watcher watcher;
  CHECK_THAT(outcome(feed(decoder, body, watcher)), StartsWith("body_too_large: "));
  CHECK(watcher.bytes == 0);
  CHECK(decode("gzip, gzip", body) == "");
}

TEST_CASE("the receiver's error ends the decoding at once, and is passed on") {
  struct Stopper final : ContentReceiver {
    Result<> on_content(std::string_view) override {
      if (++calls < 3) return {};
      return std::unexpected(Error{.kind = ErrorKind::timeout, .phase = nbcrawl::Phase::response, .detail = "late"});
    }
    std::size_t calls = 0;
  };
  const std::string zeros(4 * mebibyte, '\0');
  for (const char* coding : {"gzip", "deflate", "br", "zstd"}) {
    INFO(coding);
    auto decoder = ContentDecoder::create(coding, no_limit).value();
    Stopper stopper;
    CHECK(outcome(decoder.feed(encode(coding, zeros), stopper)) == "timeout: late");
    CHECK(stopper.calls == 3);
  }
}

TEST_CASE("the receiver is asked at every step, even where nothing comes out") {
  // Four million bytes of empty stored blocks.
  std::string body;
  while (body.size() < 4 * mebibyte) body += std::string("\0\0\0\xFF\xFF", 5);
  auto decoder = ContentDecoder::create("deflate", no_limit).value();
  Watcher watcher;
  REQUIRE(decoder.feed(body, watcher));
  CHECK(watcher.bytes == 0);
  CHECK(watcher.calls >= body.size() / nbcrawl::max_step_bytes);
  // The same behind another layer.
  auto chain = ContentDecoder::create("deflate, gzip", no_limit).value();
  Watcher behind;
  REQUIRE(chain.feed(gzip(body), behind));
  CHECK(behind.calls >= body.size() / nbcrawl::max_step_bytes);
}
