#include "io/line_output.hpp"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <thread>
#include <utility>

#include "catch2_shim.hpp"
#include "unit/io/streams.hpp"

namespace nbcrawl {
namespace {

LineOutput lines_to(const UniqueFd& fd) {
  auto borrowed = NonblockingFd::borrow(fd.get());
  REQUIRE(borrowed.has_value());
  return LineOutput(std::move(*borrowed));
}

std::string line(int number) { return "line " + std::to_string(number) + std::string(100, '.') + "\n"; }

TEST_CASE("lines wait until they are flushed") {
  const Ends pipe = make_pipe();
  LineOutput output = lines_to(pipe.writing);
  output.write("one\n");
  output.write("two\n");
  CHECK(read_available(pipe.reading.get()).empty());
  output.flush();
  CHECK(read_available(pipe.reading.get()) == "one\ntwo\n");
  CHECK(output.kept_bytes() == 0);
}

TEST_CASE("a reader that is slow gets every line, in order, as long as there is room for them") {
  const Ends pipe = make_pipe();
  LineOutput output = lines_to(pipe.writing);
  std::string all;
  for (int i = 0; i < 5'000; ++i) {  // several times what a pipe holds
    output.write(line(i));
    output.flush();
    all += line(i);
  }
  CHECK(output.kept_bytes() > 0);
  std::string read;
  while (read.size() < all.size()) {
    read += read_available(pipe.reading.get());
    output.flush();
  }
  CHECK(read == all);
  CHECK(output.lost_lines() == 0);
}

TEST_CASE("lines that have no room are lost whole, and counted") {
  const Ends pipe = make_pipe();
  LineOutput output = lines_to(pipe.writing);
  int written = 0;
  while (output.lost_lines() == 0) {
    output.write(line(written++));
    output.flush();
  }
  output.write(line(written));
  CHECK(output.lost_lines() == 2);
  CHECK(output.cause_of_loss() == EAGAIN);
  CHECK(output.kept_bytes() <= LineOutput::most_kept_bytes);
  std::string read;
  std::thread reader([&] {
    while (!read.ends_with(line(written - 2))) read += read_available(pipe.reading.get(), 1'000);
  });
  output.drain();
  reader.join();
  CHECK(output.kept_bytes() == 0);
  std::string expected;
  for (int i = 0; i + 1 < written; ++i) expected += line(i);
  CHECK(read == expected);
}

TEST_CASE("lines that can't be written are lost, with the cause, and the next are tried") {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  LineOutput output = lines_to(full);
  output.write("one\ntwo\n");
  output.flush();
  CHECK(output.lost_lines() == 2);
  CHECK(output.cause_of_loss() == ENOSPC);
  output.write("three\n");
  output.drain();
  CHECK(output.lost_lines() == 3);
}

TEST_CASE("what is given up counts as lost") {
  const Ends pipe = make_pipe();
  LineOutput output = lines_to(pipe.writing);
  output.write("one\ntwo\n");
  output.give_up();
  CHECK(output.lost_lines() == 2);
  CHECK(output.kept_bytes() == 0);
}

}  // namespace
}  // namespace nbcrawl
