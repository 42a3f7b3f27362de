#include "serve/response_writer.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

using namespace nbcrawl;
using Progress = ResponseWriter::Progress;

namespace {

struct Pair {
  Pair() {
    std::array<int, 2> fds;
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()) == 0);
    server = UniqueFd(fds[0]);
    client = UniqueFd(fds[1]);
  }
  UniqueFd server;
  UniqueFd client;
};

std::string read_some(int fd, std::size_t most) {
  std::string bytes(most, '\0');
  const ssize_t count = ::read(fd, bytes.data(), most);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return bytes;
}

/// Sends the response to a client that takes `step` bytes whenever the socket is full; returns what it got after the
/// head.
std::string send(const Answer& answer, ResponseFraming framing, bool with_body = true, std::size_t step = 1 << 20) {
  const Pair pair;
  ResponseWriter writer;
  writer.begin(answer, framing, "now", with_body);
  std::string received;
  for (;;) {
    const Progress progress = writer.write(pair.server.get());
    REQUIRE(progress != Progress::failed);
    if (progress == Progress::done) break;
    received += read_some(pair.client.get(), step);
  }
  for (std::string more; !(more = read_some(pair.client.get(), 1 << 20)).empty();) received += more;
  CHECK(writer.body_bytes_sent() == (with_body ? answer.body_bytes() : 0));
  const std::size_t end = received.find("\r\n\r\n");
  REQUIRE(end != std::string::npos);
  return received.substr(end + 4);
}

std::string pattern(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return bytes;
}

Answer of_memory(std::string bytes) {
  Answer answer;
  answer.body = std::move(bytes);
  return answer;
}

Answer of_file(const TemporaryFolder& folder, const std::string& bytes) {
  Answer answer;
  answer.file = UniqueFd(::open(folder.write("body", bytes).c_str(), O_RDONLY | O_CLOEXEC));
  answer.file_bytes = bytes.size();
  return answer;
}

}  // namespace

TEST_CASE("a body arrives whole from memory and from a file, however slowly it is read") {
  const TemporaryFolder folder;
  for (const std::size_t size : {0U, 1U, 100U, 300'000U, 2'000'000U}) {
    for (const std::size_t step : {4096U, 65'536U, 1U << 20U}) {
      CAPTURE(size, step);
      const std::string bytes = pattern(size);
      CHECK(send(of_memory(bytes), {}, true, step) == bytes);
      CHECK(send(of_file(folder, bytes), {}, true, step) == bytes);
    }
  }
}

TEST_CASE("a body is cut into as many chunks as asked for") {
  const TemporaryFolder folder;
  const auto check = [&](std::size_t chunks, const std::string& expected) {
    CAPTURE(chunks);
    Answer memory = of_memory("0123456789");
    Answer file = of_file(folder, "0123456789");
    memory.chunks = file.chunks = chunks;
    CHECK(send(memory, {.chunked = true}) == expected);
    CHECK(send(file, {.chunked = true}) == expected);
  };
  check(1, "a\r\n0123456789\r\n0\r\n\r\n");
  check(3, "4\r\n0123\r\n3\r\n456\r\n3\r\n789\r\n0\r\n\r\n");
  const std::string single =
      "1\r\n0\r\n1\r\n1\r\n1\r\n2\r\n1\r\n3\r\n1\r\n4\r\n1\r\n5\r\n1\r\n6\r\n1\r\n7\r\n1\r\n8\r\n1\r\n9\r\n0\r\n\r\n";
  check(10, single);
  check(1000, single);
  Answer empty;
  empty.chunks = 5;
  CHECK(send(empty, {.chunked = true}) == "0\r\n\r\n");
}

TEST_CASE("many chunks pass through a slow reader unharmed") {
  const std::string bytes = pattern(300'000);
  Answer answer = of_memory(bytes);
  answer.chunks = 1000;
  const std::string received = send(answer, {.chunked = true}, true, 5000);
  std::string decoded;
  std::size_t chunks = 0;
  for (std::size_t at = 0;; ++chunks) {
    std::size_t digits = 0;
    const std::size_t size = std::stoul(received.substr(at, 8), &digits, 16);
    at += digits + 2;
    if (size == 0) break;
    decoded += received.substr(at, size);
    at += size + 2;
  }
  CHECK(chunks == 1000);
  CHECK(decoded == bytes);
}

TEST_CASE("HEAD, 204 and 304 get no body") {
  const TemporaryFolder folder;
  CHECK(send(of_memory("hello"), {}, false).empty());
  CHECK(send(of_file(folder, "hello"), {}, false).empty());
  CHECK(send(of_memory("hello"), {.chunked = true}, false).empty());
  Answer answer;
  answer.status = 204;
  CHECK(send(answer, {}).empty());
}

TEST_CASE("one turn sends no more than its share, so that others get theirs") {
  const Pair pair;
  const int large = 4 << 20;
  ::setsockopt(pair.server.get(), SOL_SOCKET, SO_SNDBUF, &large, sizeof large);
  Answer answer = of_memory(pattern(8 << 20));
  ResponseWriter writer;
  writer.begin(answer, {}, "now", true);
  const Progress progress = writer.write(pair.server.get());
  CHECK(progress != Progress::done);
  CHECK(writer.body_bytes_sent() <= ResponseWriter::turn_bytes);
}

TEST_CASE("a file that shrank, and a client that is gone, fail the response") {
  std::signal(SIGPIPE, SIG_IGN);
  const TemporaryFolder folder;
  Answer answer = of_file(folder, pattern(100));
  answer.file_bytes = 200;
  const Pair pair;
  ResponseWriter writer;
  writer.begin(answer, {}, "now", true);
  CHECK(writer.write(pair.server.get()) == Progress::failed);

  for (const Answer& whole : std::array{of_memory(pattern(100)), of_file(folder, pattern(100))}) {
    Pair broken;
    broken.client.reset();
    writer.begin(whole, {}, "now", true);
    CHECK(writer.write(broken.server.get()) == Progress::failed);
  }
}
