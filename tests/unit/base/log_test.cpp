#include "base/log.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

namespace nbcrawl {
namespace {

TEST_CASE("a Log without a destination is not enabled and writes nothing") {
  Log log;
  CHECK_FALSE(log.enabled(LogLevel::warning));
  log.write(LogLevel::warning, "lost");
}

TEST_CASE("a log file takes the lines of its level and above, at once") {
  const TemporaryFolder folder;
  const std::string path = folder.file("log");
  Log log;
  REQUIRE(log.to_file(path, LogLevel::info));
  CHECK(log.enabled(LogLevel::info));
  CHECK_FALSE(log.enabled(LogLevel::debug));
  log.debug("too fine");
  log.info("first");
  log.warning("second");
  const std::string lines = content(path);
  CHECK(lines.find("too fine") == std::string::npos);
  CHECK(lines.find(" info first\n") != std::string::npos);
  CHECK(lines.find(" warning second\n") != std::string::npos);
}

TEST_CASE("two log files each keep to their own level") {
  const TemporaryFolder folder;
  Log log;
  REQUIRE(log.to_file(folder.file("coarse"), LogLevel::warning));
  REQUIRE(log.to_file(folder.file("fine"), LogLevel::debug));
  log.debug("detail");
  CHECK(content(folder.file("coarse")).empty());
  CHECK(content(folder.file("fine")).find("detail") != std::string::npos);
}

TEST_CASE("log lines can't drive the terminal or be taken for a format") {
  const TemporaryFolder folder;
  Log log;
  REQUIRE(log.to_file(folder.file("log"), LogLevel::debug));
  log.info("host \x1B[2J\nforged {} %s {0}");
  CHECK(content(folder.file("log")).find(R"(info host \x1b[2J\x0aforged {} %s {0})") != std::string::npos);
}

TEST_CASE("what a log file could not take is told") {
  Log log;
  REQUIRE(log.to_file("/dev/full", LogLevel::info));
  CHECK_FALSE(log.error());
  log.info("lost");
  log.info("lost too");
  REQUIRE(log.error());
  CHECK(log.error()->detail == "can't write the log file /dev/full: No space left on device");
}

TEST_CASE("a log file's folder is not made") {
  const TemporaryFolder folder;
  Log log;
  CHECK_FALSE(log.to_file(folder.file("none/log"), LogLevel::info));
  CHECK_FALSE(std::filesystem::exists(folder.file("none")));
}

TEST_CASE("a log file that can't be opened is an error value naming it") {
  const TemporaryFolder folder;
  const std::string path = folder.file("log");
  std::filesystem::create_directory(path);
  Log log;
  const auto opened = log.to_file(path, LogLevel::info);
  REQUIRE_FALSE(opened);
  CHECK(opened.error().kind == ErrorKind::output_failed);
  CHECK(opened.error().detail.find(path) != std::string::npos);
  CHECK_FALSE(log.enabled(LogLevel::warning));
}

}  // namespace
}  // namespace nbcrawl
