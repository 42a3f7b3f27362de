#include "base/json_writer.hpp"

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>

#include "base/utf8.hpp"
#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

using namespace std::chrono_literals;

std::string json_string(std::string_view bytes) {
  std::string out;
  JsonWriter(out).string(bytes);
  return out;
}

TEST_CASE("commas stand between members and elements, and nowhere else", "[json_writer]") {
  std::string out = "before ";
  JsonWriter json(out);
  json.begin_object();
  json.name("empty");
  json.begin_object();
  json.end_object();
  json.name("list");
  json.begin_array();
  json.integer(1);
  json.begin_array();
  json.end_array();
  json.string("x");
  json.null();
  json.end_array();
  json.name("yes");
  json.boolean(true);
  json.name("no");
  json.boolean(false);
  json.end_object();
  CHECK(out == R"(before {"empty":{},"list":[1,[],"x",null],"yes":true,"no":false})");
}

TEST_CASE("integers are written whole", "[json_writer]") {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  json.integer(std::numeric_limits<std::uint64_t>::max());
  json.integer(std::numeric_limits<std::int64_t>::min());
  json.integer(std::uint16_t{443});
  json.end_array();
  CHECK(out == "[18446744073709551615,-9223372036854775808,443]");
}

TEST_CASE("seconds have six decimals", "[json_writer]") {
  std::string out;
  JsonWriter json(out);
  json.begin_array();
  for (const std::chrono::microseconds value : {0us, 1us, 999'999us, 1'000'000us, 61'050'007us}) {
    json.seconds(value);
  }
  json.end_array();
  CHECK(out == "[0.000000,0.000001,0.999999,1.000000,61.050007]");
}

TEST_CASE("text stands as it is, wherever it begins and ends", "[json_writer]") {
  const std::string text = "plain ASCII, é, 中文网页, 😀 and more of it until the line is long ~";
  for (std::size_t i = 0; i < 10; ++i)
    CHECK(json_string(text.substr(i)) == nlohmann::json::parse('"' + text.substr(i) + '"').dump());
  CHECK(json_string("") == "\"\"");
}

TEST_CASE("what JSON, a line or a terminal can't bear is escaped", "[json_writer]") {
  CHECK(json_string("a\"b\\c/") == R"("a\"b\\c/")");
  CHECK(json_string("\b\f\n\r\t") == R"("\b\f\n\r\t")");
  CHECK(json_string(std::string_view("\0\x01\x1b\x1f\x7f", 5)) == R"("\u0000\u0001\u001b\u001f\u007f")");
  CHECK(json_string("\xC2\x80\xC2\x85\xC2\x9B\xC2\x9F\xC2\xA0") == "\"\\u0080\\u0085\\u009b\\u009f\xC2\xA0\"");
  CHECK(json_string("\u2027\u2028\u2029\u202A") == "\"\u2027\\u2028\\u2029\u202A\"");
}

TEST_CASE("each special byte is found at each place of a block of eight", "[json_writer]") {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 17; ++at) {
      std::string text(17, 'a');
      text[at] = static_cast<char>(byte);
      const std::string json = json_string(text);
      const std::string expected = byte < 0x80 ? text : text.replace(at, 1, "\uFFFD");
      REQUIRE(nlohmann::json::parse(json).get<std::string>() == expected);
    }
  }
}

TEST_CASE("bytes that are not UTF-8 become U+FFFD", "[json_writer]") {
  CHECK(json_string("a\xFF"
                    "b") == "\"a\uFFFDb\"");
  CHECK(json_string("\xE4\xB8") == "\"\uFFFD\"");                  // cut off
  CHECK(json_string("\xE4\xB8\"") == "\"\uFFFD\\\"\"");            // cut off before a special one
  CHECK(json_string("\xC0\x80") == "\"\uFFFD\uFFFD\"");            // overlong NUL
  CHECK(json_string("\xED\xA0\x80") == "\"\uFFFD\uFFFD\uFFFD\"");  // a surrogate
  CHECK(json_string("\xF4\x90\x80\x80") == "\"\uFFFD\uFFFD\uFFFD\uFFFD\"");
}

TEST_CASE("random bytes always make one valid line that says what they said", "[json_writer]") {
  std::mt19937 random(3);
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 3 == 0 ? random() : 0x20 + random() % 0x60);
    const std::string json = json_string(bytes);
    std::string expected;
    for (std::string_view rest = bytes; !rest.empty();) {
      const CodePoint point = next_code_point(rest);
      expected += point.valid ? rest.substr(0, point.size) : std::string_view("\uFFFD");
      rest.remove_prefix(point.size);
    }
    REQUIRE(nlohmann::json::parse(json).get<std::string>() == expected);
    REQUIRE(json.find_first_of("\n\r\x7f\x1b") == std::string::npos);
  }
}

TEST_CASE("JSON that is passed on stays on its line and is made harmless", "[json_writer]") {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.name("meta");
  json.raw("{\n\t\"team\": [7,\r\n 1e3],\"esc\\n\":\"\xC2\x9B \u2028 \xFF \x7f 中\"}");
  json.name("after");
  json.raw("null");
  json.end_object();
  CHECK(out == "{\"meta\":{  \"team\": [7,   1e3],\"esc\\n\":\"\\u009b \\u2028 \uFFFD \\u007f 中\"},\"after\":null}");
  CHECK(nlohmann::json::accept(out));
}

TEST_CASE("bytes in base64 are those of RFC 4648 section 10", "[json_writer]") {
  const auto base64 = [](std::string_view bytes) {
    std::string out;
    JsonWriter(out).base64(bytes);
    return out;
  };
  CHECK(base64("") == R"("")");
  CHECK(base64("f") == R"("Zg==")");
  CHECK(base64("fo") == R"("Zm8=")");
  CHECK(base64("foo") == R"("Zm9v")");
  CHECK(base64("foob") == R"("Zm9vYg==")");
  CHECK(base64("fooba") == R"("Zm9vYmE=")");
  CHECK(base64("foobar") == R"("Zm9vYmFy")");
  CHECK(base64(std::string_view("\xFB\xFF\xBF\x00", 4)) == R"("+/+/AA==")");
}

}  // namespace
}  // namespace nbcrawl
