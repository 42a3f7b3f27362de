#include "io/fd_output.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "catch2_shim.hpp"
#include "io/sigpipe_blocked.hpp"
#include "temporary_folder.hpp"
#include "unit/io/every_multiplexer.hpp"
#include "unit/io/scripted_pollable.hpp"
#include "unit/io/streams.hpp"

namespace nbcrawl {
namespace {

std::unique_ptr<FdOutput> borrow(EventLoop& loop, const UniqueFd& fd) {
  auto output = FdOutput::borrow(loop, fd.get(), "standard output");
  REQUIRE(output);
  return std::move(*output);
}

Result<> write(FdOutput& output, std::string_view bytes) { return output.write({&bytes, 1}); }

/// Reads all that was written, `size` bytes, while the loop writes it. A terminal hands bytes on in its own time.
std::string read_all(EventLoop& loop, FdOutput& output, int fd, std::size_t size) {
  std::string bytes;
  REQUIRE(output.flush());
  while (bytes.size() < size) {
    REQUIRE(loop.run_once(true));
    REQUIRE(wait_readable(fd));
    bytes += read_available(fd);
  }
  CHECK(output.pending_bytes() == 0);
  return bytes + read_available(fd);
}

TEST_CASE("small writes are gathered until they are flushed", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const Ends pipe = make_pipe();
  const auto output = borrow(*loop, pipe.writing);
  REQUIRE(write(*output, "one "));
  REQUIRE(write(*output, "two"));
  CHECK(output->pending_bytes() == 7);
  CHECK(read_available(pipe.reading.get()).empty());
  REQUIRE(output->flush());
  CHECK(output->pending_bytes() == 0);
  CHECK(read_available(pipe.reading.get()) == "one two");
  CHECK(loop->watched() == 0);
}

TEST_CASE("gathered bytes are written without a flush when they are many", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const UniqueFd file = regular_file();
  const auto output = borrow(*loop, file);
  for (int i = 0; i < 100; ++i) {
    REQUIRE(write(*output, pattern(0, 1000)));
    CHECK(output->pending_bytes() < 66'000);
  }
}

TEST_CASE("a large piece follows what was gathered before it, and is not kept", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const UniqueFd file = regular_file();
  const auto output = borrow(*loop, file);
  const std::string large = pattern(0, 20'000);
  const std::vector<std::string_view> pieces{"", large, "tail"};
  REQUIRE(write(*output, "head"));
  REQUIRE(output->write(pieces));
  CHECK(output->pending_bytes() == 0);
  REQUIRE(::lseek(file.get(), 0, SEEK_SET) == 0);
  CHECK(read_available(file.get()) == "head" + large + "tail");
}

TEST_CASE("any number of pieces are written in order", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const UniqueFd file = regular_file();
  const auto output = borrow(*loop, file);
  std::vector<std::string> pieces;
  std::string all;
  for (std::size_t i = 0; i < 40; ++i) all += pieces.emplace_back(pattern(i * 1000, 1000));
  REQUIRE(output->write(std::vector<std::string_view>(pieces.begin(), pieces.end())));
  REQUIRE(output->flush());
  REQUIRE(::lseek(file.get(), 0, SEEK_SET) == 0);
  CHECK(read_available(file.get()) == all);
}

TEMPLATE_TEST_CASE("what a full pipe does not take is written when the reader reads", "[fd_output]", Select, Poll,
                   Epoll) {
  const auto loop = open_loop(TestType::kind);
  const Ends pipe = make_pipe();
  const auto output = borrow(*loop, pipe.writing);
  const std::string large = pattern(0, 1'000'000);
  REQUIRE(write(*output, large));
  CHECK(output->pending_bytes() > 900'000);
  CHECK(loop->watched() == 1);
  REQUIRE(write(*output, "small"));
  REQUIRE(write(*output, large));
  CHECK(read_all(*loop, *output, pipe.reading.get(), 2'000'005) == large + "small" + large);
  CHECK(loop->watched() == 0);
}

TEST_CASE("the description a pipe is shared through stays as it was", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const Ends pipe = make_pipe();
  const int flags = ::fcntl(pipe.writing.get(), F_GETFL);
  REQUIRE((flags & O_NONBLOCK) == 0);
  {
    const auto output = borrow(*loop, pipe.writing);
    REQUIRE(write(*output, pattern(0, 200'000)));
    REQUIRE(output->pending_bytes() > 0);
    CHECK(::fcntl(pipe.writing.get(), F_GETFL) == flags);
    read_all(*loop, *output, pipe.reading.get(), 200'000);
    REQUIRE(output->close());
  }
  CHECK(::fcntl(pipe.writing.get(), F_GETFL) == flags);
}

TEST_CASE("a pipe that can't be opened again is written without waiting all the same", "[fd_output]") {
  const auto loop = open_loop(MultiplexerKind::poll);
  const Ends pipe = make_pipe();
  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &limit) == 0);
  const rlimit none_left{.rlim_cur = 0, .rlim_max = limit.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none_left) == 0);
  auto borrowed = FdOutput::borrow(*loop, pipe.writing.get(), "standard output");
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &limit) == 0);
  REQUIRE(borrowed);
  FdOutput& output = **borrowed;
  CHECK(output.fileno() == pipe.writing.get());
  const std::string large = pattern(0, 500'000);
  REQUIRE(write(output, large));  // would never come back if it waited
  CHECK(output.pending_bytes() > 400'000);
  CHECK((::fcntl(pipe.writing.get(), F_GETFL) & O_NONBLOCK) == 0);
  CHECK(read_all(*loop, output, pipe.reading.get(), large.size()) == large);
}

TEMPLATE_TEST_CASE("a terminal is written without waiting and stays as it was", "[fd_output]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  const Terminal terminal = make_terminal();
  const int flags = ::fcntl(terminal.slave.get(), F_GETFL);
  const auto output = borrow(*loop, terminal.slave);
  const std::string large = pattern(0, 300'000);
  REQUIRE(write(*output, large));
  CHECK(output->pending_bytes() > 200'000);
  CHECK(::fcntl(terminal.slave.get(), F_GETFL) == flags);
  CHECK(read_all(*loop, *output, terminal.master.get(), large.size()) == large);
}

TEST_CASE("a terminal's other side is not opened again, which would make a new one", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const Terminal terminal = make_terminal();
  const auto output = borrow(*loop, terminal.master);
  REQUIRE(write(*output, "typed"));
  CHECK(read_all(*loop, *output, terminal.slave.get(), 5) == "typed");
}

TEMPLATE_TEST_CASE("a socket that would wait does not", "[fd_output]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  Pair sockets = socket_pair();
  REQUIRE(::fcntl(sockets.ours.get(), F_SETFL, 0) == 0);
  const auto output = borrow(*loop, sockets.ours);
  const std::string large = pattern(0, 2'000'000);
  REQUIRE(write(*output, large));
  CHECK(output->pending_bytes() > 0);
  CHECK((::fcntl(sockets.ours.get(), F_GETFL) & O_NONBLOCK) == 0);
  CHECK(read_all(*loop, *output, sockets.theirs.get(), large.size()) == large);
  sockets.theirs.reset();
  REQUIRE(write(*output, "lost"));
  const auto flushed = output->flush();  // and no SIGPIPE, which would end this program
  REQUIRE_FALSE(flushed);
  CHECK(flushed.error().sys_errno == EPIPE);
}

TEST_CASE("random writes through a pipe that is read at random arrive whole and in order", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  std::mt19937 random(7);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  for (int round = 0; round < 20; ++round) {
    const Ends pipe = make_pipe();
    const auto output = borrow(*loop, pipe.writing);
    std::string written;
    std::string read;
    for (int step = 0; step < 300; ++step) {
      const std::string bytes = pattern(written.size(), below(10) == 0 ? below(200'000) : below(3000));
      const std::size_t cut = below(bytes.size() + 1);
      const std::vector<std::string_view> pieces{std::string_view(bytes).substr(0, cut),
                                                 std::string_view(bytes).substr(cut)};
      REQUIRE(output->write(pieces));
      written += bytes;
      if (below(4) == 0) REQUIRE(output->flush());
      if (below(3) == 0) read += read_available(pipe.reading.get(), below(150'000));
      if (below(3) == 0) REQUIRE(loop->run_once(true));
      REQUIRE(output->pending_bytes() <= written.size() - read.size());
    }
    read += read_all(*loop, *output, pipe.reading.get(), written.size() - read.size());
    REQUIRE(read == written);
  }
}

/// 0 under AddressSanitizer, which keeps what was freed.
std::size_t resident_bytes() {
#if defined(__SANITIZE_ADDRESS__)
  return 0;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return 0;
#endif
#endif
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST_CASE("100 MB through a slow pipe take no more memory than the caller allows", "[fd_output]") {
  constexpr std::size_t all_bytes = 100'000'000;
  constexpr std::size_t allowed_bytes = 1024 * 1024;
  const auto loop = open_loop(std::nullopt);
  const Ends pipe = make_pipe();
  const auto output = borrow(*loop, pipe.writing);
  const std::string page = pattern(0, 100'000);
  const std::size_t resident_before = resident_bytes();
  std::size_t resident_most = 0;
  std::size_t written = 0;
  std::size_t read = 0;
  while (read < all_bytes) {
    while (written < all_bytes && output->pending_bytes() < allowed_bytes) {
      REQUIRE(write(*output, page));
      written += page.size();
    }
    REQUIRE(output->pending_bytes() < allowed_bytes + page.size());
    const std::string bytes = read_available(pipe.reading.get(), 100'000);
    for (std::size_t i = 0; i < bytes.size(); i += 997) {
      if (bytes[i] != page[(read + i) % page.size()]) FAIL("wrong byte at " << read + i);
    }
    read += bytes.size();
    resident_most = std::max(resident_most, resident_bytes());
    REQUIRE(loop->run_once(true));
  }
  CHECK(output->pending_bytes() == 0);
  CHECK(resident_most < resident_before + 8 * allowed_bytes);
}

TEST_CASE("memory that one very large result took is given back", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const Ends pipe = make_pipe();
  const auto output = borrow(*loop, pipe.writing);
  const std::size_t before = resident_bytes();
  REQUIRE(write(*output, pattern(0, 50'000'000)));
  while (output->pending_bytes() > 0) {
    read_available(pipe.reading.get());
    REQUIRE(loop->run_once(true));
  }
  CHECK(resident_bytes() < before + 20'000'000);
}

TEST_CASE("a reader that went away is an error, and stays one", "[fd_output]") {
  const SigpipeBlocked sigpipe_blocked;
  const auto loop = open_loop(std::nullopt);
  Ends pipe = make_pipe();
  const auto output = borrow(*loop, pipe.writing);
  pipe.reading.reset();
  REQUIRE(write(*output, "lost"));
  const auto flushed = output->flush();
  REQUIRE_FALSE(flushed);
  CHECK(flushed.error().kind == ErrorKind::output_failed);
  CHECK(flushed.error().phase == Phase::output);
  CHECK(flushed.error().sys_errno == EPIPE);
  CHECK(flushed.error().detail == "can't write standard output: Broken pipe");
  CHECK(output->pending_bytes() == 0);
  CHECK_FALSE(write(*output, "more"));
  CHECK_FALSE(output->flush());
  CHECK_FALSE(output->close());
}

TEMPLATE_TEST_CASE("a reader that goes away while bytes wait wakes the loop, and the next flush tells", "[fd_output]",
                   Select, Poll, Epoll) {
  const SigpipeBlocked sigpipe_blocked;
  const auto loop = open_loop(TestType::kind);
  Ends pipe = make_pipe();
  const auto output = borrow(*loop, pipe.writing);
  REQUIRE(write(*output, pattern(0, 200'000)));
  pipe.reading.reset();
  REQUIRE(loop->run_once());
  CHECK(loop->watched() == 0);
  CHECK(output->pending_bytes() == 0);
  const auto flushed = output->flush();
  REQUIRE_FALSE(flushed);
  CHECK(flushed.error().sys_errno == EPIPE);
}

TEMPLATE_TEST_CASE("an idle output whose reader goes away does not spin", "[fd_output]", Select, Poll, Epoll) {
  const auto loop = open_loop(TestType::kind);
  Ends pipe = make_pipe();
  const auto output = borrow(*loop, pipe.writing);
  REQUIRE(write(*output, pattern(0, 200'000)));
  read_all(*loop, *output, pipe.reading.get(), 200'000);
  pipe.reading.reset();
  CHECK(loop->watched() == 0);
}

TEST_CASE("a full disk is an error that names the file", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  auto output = FdOutput::create(*loop, "/dev/full");
  REQUIRE(output);
  const std::string size_of_write = GENERATE(as<std::string>(), "small", "large");
  auto written = write(**output, pattern(0, size_of_write == "small" ? 10 : 100'000));
  if (written) written = (*output)->flush();
  REQUIRE_FALSE(written);
  CHECK(written.error().sys_errno == ENOSPC);
  CHECK(written.error().detail == "can't write /dev/full: No space left on device");
}

TEST_CASE("/dev/null takes everything at once", "[fd_output]") {
  const auto loop = open_loop(MultiplexerKind::epoll);
  const UniqueFd null(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  const auto output = borrow(*loop, null);
  REQUIRE(write(*output, pattern(0, 5'000'000)));
  CHECK(output->pending_bytes() == 0);
  CHECK(loop->watched() == 0);
}

TEST_CASE("a file is created, or emptied when the caller says so, and written at once", "[fd_output]") {
  const auto loop = open_loop(MultiplexerKind::epoll);
  const TemporaryFolder folder;
  const std::string old(4'000'000, 'x');
  std::ofstream(folder.file("old")) << old;
  for (const auto& [path, held] : {std::pair(folder.file("new"), std::string()), {folder.file("old"), old}}) {
    auto output = FdOutput::create(*loop, path);
    REQUIRE(output);
    CHECK(content(path) == held);
    REQUIRE((*output)->clear());
    const std::string large = pattern(0, 3'000'000);
    REQUIRE(write(**output, "head "));
    REQUIRE(write(**output, large));
    CHECK((*output)->pending_bytes() == 0);
    REQUIRE(write(**output, " tail"));
    REQUIRE((*output)->flush());
    REQUIRE((*output)->close());
    CHECK(content(path) == "head " + large + " tail");
  }
}

TEST_CASE("a file that the shell appends to is appended to", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const TemporaryFolder folder;
  const std::string path = folder.file("log");
  std::ofstream(path) << "before ";
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  const auto output = borrow(*loop, file);
  REQUIRE(write(*output, "after"));
  REQUIRE(output->flush());
  REQUIRE(output->close());
  CHECK(content(path) == "before after");
  put(file.get(), " all");  // it is the caller's, and still open
  CHECK(content(path) == "before after all");
}

TEST_CASE("an output that can't be written is refused before anything is fetched", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const TemporaryFolder folder;
  const std::string fifo = folder.file("fifo");
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const auto refusal = [](const auto& output) {
    REQUIRE_FALSE(output);
    CHECK(output.error().kind == ErrorKind::output_failed);
    return std::pair(output.error().sys_errno, output.error().detail);
  };
  const UniqueFd read_only(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  CHECK(refusal(FdOutput::borrow(*loop, 987'654, "standard output")) ==
        std::pair(EBADF, std::string("can't write standard output: Bad file descriptor")));
  CHECK(refusal(FdOutput::borrow(*loop, read_only.get(), "standard output")).first == EBADF);
  CHECK(refusal(FdOutput::create(*loop, "/tmp")) == std::pair(EISDIR, std::string("can't write /tmp: Is a directory")));
  CHECK(refusal(FdOutput::create(*loop, folder.file("none/file"))).first == ENOENT);
  CHECK(refusal(FdOutput::create(*loop, fifo)).first == ENXIO);  // nobody reads it: no waiting for somebody who may
}

TEST_CASE("a file is gone on with behind the bytes that count", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const TemporaryFolder folder;
  const std::string path = folder.file("out");
  const auto open = [&](std::uint64_t bytes, std::uint64_t mark = 0) -> Result<std::unique_ptr<FdOutput>> {
    auto output = FdOutput::take(*loop, path).value();
    if (auto gone_on = output->go_on(bytes, mark); !gone_on) return std::unexpected(gone_on.error());
    return output;
  };
  {
    const auto fresh = open(0);
    REQUIRE(fresh);
    REQUIRE(write(**fresh, "one\ntwo\nhal"));
    REQUIRE((*fresh)->flush());
    CHECK((*fresh)->position() == 11);
    CHECK((*fresh)->is_own_file());
  }
  {
    const auto again = open(8);
    REQUIRE(again);
    CHECK((*again)->position() == 8);
    REQUIRE(write(**again, "three\n"));
    REQUIRE((*again)->flush());
    CHECK((*again)->position() == 14);
  }
  CHECK(content(path) == "one\ntwo\nthree\n");
  const auto shorter = open(15);
  REQUIRE_FALSE(shorter);
  CHECK(shorter.error().detail == "can't write " + path + ": it has 14 bytes, and an earlier run wrote 15");
  CHECK(content(path).size() == 14);
  std::uint64_t mark = 0;
  {
    const auto same = open(14);
    REQUIRE(same);
    mark = (*same)->mark().value();
  }
  CHECK(open(14, mark));
  const auto other = open(8, mark);
  REQUIRE_FALSE(other);
  CHECK(other.error().detail ==
        "can't write " + path + ": what stands before its byte 8 is not what an earlier run wrote");
  CHECK(content(path).size() == 14);
  const auto device = FdOutput::take(*loop, "/dev/null").value();
  CHECK(device->go_on(5));
  CHECK_FALSE(device->is_own_file());
}

TEST_CASE("a file is taken by one at a time, other things by anybody", "[fd_output]") {
  const auto loop = open_loop(std::nullopt);
  const TemporaryFolder folder;
  const std::string path = folder.write("out", "results");
  auto first = FdOutput::take(*loop, path).value();
  const auto second = FdOutput::take(*loop, path);
  REQUIRE_FALSE(second);
  CHECK(second.error().kind == ErrorKind::output_failed);
  CHECK(second.error().detail == "can't write " + path + ": another process has locked it");
  CHECK(content(path) == "results");
  REQUIRE(first->close());
  CHECK(FdOutput::take(*loop, path));
  const auto device = FdOutput::take(*loop, "/dev/null");
  CHECK(FdOutput::take(*loop, "/dev/null"));
}

}  // namespace
}  // namespace nbcrawl
