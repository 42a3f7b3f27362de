#include "io/fd_input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"
#include "unit/io/every_multiplexer.hpp"
#include "unit/io/scripted_pollable.hpp"
#include "unit/io/streams.hpp"

namespace nbcrawl {
namespace {

std::unique_ptr<FdInput> borrow(EventLoop& loop, const UniqueFd& fd) {
  auto input = FdInput::borrow(loop, fd.get(), "standard input");
  REQUIRE(input);
  return std::move(*input);
}

std::unique_ptr<FdInput> open(EventLoop& loop, const std::string& path) {
  auto input = FdInput::open(loop, path);
  REQUIRE(input);
  return std::move(*input);
}

InputChunk read(FdInput& input) {
  const auto chunk = input.read();
  REQUIRE(chunk);
  return *chunk;
}

/// What comes next, however long that takes.
InputChunk wait_and_read(EventLoop& loop, FdInput& input) {
  InputChunk chunk = read(input);
  for (; chunk.status == InputStatus::would_block; chunk = read(input)) REQUIRE(loop.run_once());
  return chunk;
}

TEST_CASE("a file is read block by block, without the loop", "[fd_input]") {
  const auto loop = open_loop(MultiplexerKind::epoll);
  const TemporaryFolder folder;
  const std::string path = folder.file("jobs");
  const std::string written = pattern(0, 200'000);
  std::ofstream(path, std::ios::binary) << written;
  const auto input = open(*loop, path);
  std::string bytes;
  while (true) {
    const InputChunk chunk = read(*input);
    if (chunk.status == InputStatus::end) break;
    REQUIRE(chunk.status == InputStatus::bytes);
    CHECK(chunk.bytes.size() <= FdInput::chunk_bytes);
    bytes += chunk.bytes;
  }
  CHECK(bytes == written);
  CHECK(read(*input).status == InputStatus::end);
  CHECK(loop->watched() == 0);
}

TEMPLATE_TEST_CASE("an empty pipe is waited for, once", "[fd_input]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  const Ends pipe = make_pipe();
  const auto input = borrow(*loop, pipe.reading);
  REQUIRE(read(*input).status == InputStatus::would_block);
  REQUIRE(read(*input).status == InputStatus::would_block);
  REQUIRE(loop->run_once(true));
  CHECK(loop->watched() == 1);
  put(pipe.writing.get(), "a job");
  REQUIRE(loop->run_once());
  CHECK(loop->watched() == 0);
  const InputChunk chunk = read(*input);
  CHECK(chunk.status == InputStatus::bytes);
  CHECK(chunk.bytes == "a job");
}

TEMPLATE_TEST_CASE("who does not ask for more does not wake the loop", "[fd_input]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  Ends pipe = make_pipe();
  const auto input = borrow(*loop, pipe.reading);
  REQUIRE(read(*input).status == InputStatus::would_block);
  put(pipe.writing.get(), "a job");
  REQUIRE(loop->run_once());
  CHECK(loop->watched() == 0);
  pipe.writing.reset();  // a hang-up, which epoll and poll would report whatever the interest
  for (int pass = 0; pass < 3; ++pass) REQUIRE(loop->run_once(true));
  CHECK(loop->watched() == 0);
  CHECK(read(*input).bytes == "a job");
  CHECK(read(*input).status == InputStatus::end);
}

TEMPLATE_TEST_CASE("the end of a pipe ends the waiting", "[fd_input]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  Ends pipe = make_pipe();
  const auto input = borrow(*loop, pipe.reading);
  REQUIRE(read(*input).status == InputStatus::would_block);
  pipe.writing.reset();
  REQUIRE(loop->run_once());
  CHECK(read(*input).status == InputStatus::end);
}

TEST_CASE("a producer can't write further ahead than the pipe holds", "[fd_input]") {
  const auto loop = open_loop(std::nullopt);
  const Ends pipe = make_pipe();
  REQUIRE(::fcntl(pipe.writing.get(), F_SETFL, O_NONBLOCK) == 0);
  const auto input = borrow(*loop, pipe.reading);
  const std::string block(64 * 1024, 'x');
  std::size_t written = 0;
  while (true) {
    const ssize_t count = ::write(pipe.writing.get(), block.data(), block.size());
    if (count < 0) break;
    written += static_cast<std::size_t>(count);
    REQUIRE(loop->run_once(true));
  }
  CHECK(errno == EAGAIN);
  CHECK(written ==
        static_cast<std::size_t>(::fcntl(pipe.writing.get(), F_GETPIPE_SZ)));  // a user of many has small ones
  // All of it is there without a pass of the loop.
  std::size_t bytes = 0;
  for (InputChunk chunk = read(*input); chunk.status == InputStatus::bytes; chunk = read(*input))
    bytes += chunk.bytes.size();
  CHECK(bytes == written);
}

TEST_CASE("the description an input is shared through stays as it was", "[fd_input]") {
  const auto loop = open_loop(std::nullopt);
  const Ends pipe = make_pipe();
  const int flags = ::fcntl(pipe.reading.get(), F_GETFL);
  {
    const auto input = borrow(*loop, pipe.reading);
    REQUIRE(read(*input).status == InputStatus::would_block);
    CHECK(::fcntl(pipe.reading.get(), F_GETFL) == flags);
  }
  CHECK(::fcntl(pipe.reading.get(), F_GETFL) == flags);
  CHECK((flags & O_NONBLOCK) == 0);
}

TEMPLATE_TEST_CASE("a FIFO that nobody writes yet has not ended", "[fd_input]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  const TemporaryFolder folder;
  const std::string path = folder.file("fifo");
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const auto input = open(*loop, path);
  REQUIRE(read(*input).status == InputStatus::would_block);
  REQUIRE(loop->run_once(true));
  REQUIRE(read(*input).status == InputStatus::would_block);
  UniqueFd writer(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  REQUIRE(writer);
  put(writer.get(), "a job");
  writer.reset();
  REQUIRE(loop->run_once());
  CHECK(read(*input).bytes == "a job");
  CHECK(read(*input).status == InputStatus::end);
}

TEMPLATE_TEST_CASE("a terminal gives line by line until Ctrl-D", "[fd_input]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  const Terminal terminal = make_terminal(true);
  const int flags = ::fcntl(terminal.slave.get(), F_GETFL);
  const auto input = borrow(*loop, terminal.slave);
  put(terminal.master.get(), "http://a/");
  REQUIRE(loop->run_once(true));
  REQUIRE(read(*input).status == InputStatus::would_block);
  put(terminal.master.get(), "\nhttp://b/\n");
  CHECK(wait_and_read(*loop, *input).bytes == "http://a/\n");
  CHECK(wait_and_read(*loop, *input).bytes == "http://b/\n");
  CHECK(read(*input).status == InputStatus::would_block);
  put(terminal.master.get(), "\x04");
  CHECK(wait_and_read(*loop, *input).status == InputStatus::end);
  CHECK(::fcntl(terminal.slave.get(), F_GETFL) == flags);
}

TEMPLATE_TEST_CASE("a socket is read when it is readable", "[fd_input]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  Pair sockets = socket_pair();
  REQUIRE(::fcntl(sockets.ours.get(), F_SETFL, 0) == 0);
  const auto input = borrow(*loop, sockets.ours);
  REQUIRE(read(*input).status == InputStatus::would_block);
  put(sockets.theirs.get(), "a job");
  sockets.theirs.reset();
  REQUIRE(loop->run_once());
  CHECK(read(*input).bytes == "a job");
  CHECK(read(*input).status == InputStatus::end);
}

TEST_CASE("devices that never wait are read at once", "[fd_input]") {
  const auto loop = open_loop(MultiplexerKind::epoll);
  CHECK(read(*open(*loop, "/dev/null")).status == InputStatus::end);
  CHECK(read(*open(*loop, "/dev/zero")).bytes == std::string(FdInput::chunk_bytes, '\0'));
}

TEST_CASE("an input that can't be read is an error that names it", "[fd_input]") {
  const auto loop = open_loop(std::nullopt);
  const auto refusal = [](const auto& input) {
    REQUIRE_FALSE(input);
    CHECK(input.error().kind == ErrorKind::invalid_job);
    CHECK(input.error().phase == Phase::job);
    return std::pair(input.error().sys_errno, input.error().detail);
  };
  const UniqueFd write_only(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  CHECK(refusal(FdInput::open(*loop, "/tmp")) == std::pair(EISDIR, std::string("can't read /tmp: Is a directory")));
  CHECK(refusal(FdInput::open(*loop, "/nowhere/jobs.json")) ==
        std::pair(ENOENT, std::string("can't read /nowhere/jobs.json: No such file or directory")));
  CHECK(refusal(FdInput::borrow(*loop, 987'654, "standard input")).first == EBADF);
  CHECK(refusal(FdInput::borrow(*loop, write_only.get(), "standard input")).first == EBADF);
}

TEST_CASE("an input that goes while it waits is watched no more", "[fd_input]") {
  const auto loop = open_loop(std::nullopt);
  const Ends pipe = make_pipe();
  auto input = borrow(*loop, pipe.reading);
  REQUIRE(read(*input).status == InputStatus::would_block);
  input.reset();
  put(pipe.writing.get(), "a job");
  REQUIRE(loop->run_once(true));
  CHECK(loop->watched() == 0);
}

}  // namespace
}  // namespace nbcrawl
