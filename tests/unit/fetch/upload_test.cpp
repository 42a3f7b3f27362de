// A large upload leaves the others their turn.
#include <sys/mman.h>
#include <unistd.h>

#include "fetching.hpp"
#include "unit/http/http2_frames.hpp"
#include "unit/net/socket_pair.hpp"

using namespace nbcrawl;

namespace {

constexpr std::size_t body_bytes = 16 * 1024 * 1024;
constexpr std::size_t most_in_a_pass = 1024 * 1024 + 128 * 1024;  // a turn, and the piece that goes beyond it

/// Takes whatever is written at once, as no connection of the system's would. What it reads is the test's.
class Greedy final : public Stream {
 public:
  Greedy(UniqueFd fd, std::size_t& taken) : read_(std::move(fd)), taken_(taken) {}
  [[nodiscard]] int fileno() const noexcept override { return read_.fileno(); }
  IoResult read(std::span<char> into) override { return read_.read(into); }
  IoResult write(std::span<const char> from) override {
    taken_ += from.size();
    return {.bytes = from.size()};
  }

 private:
  TcpStream read_;
  std::size_t& taken_;
};

/// A file of zeros, in memory.
struct File {
  File() : fd(::memfd_create("body", MFD_CLOEXEC)) { REQUIRE(::ftruncate(fd.get(), body_bytes) == 0); }
  [[nodiscard]] std::string path() const { return "/proc/self/fd/" + std::to_string(fd.get()); }
  UniqueFd fd;
};

}  // namespace

TEST_CASE("however fast a server takes an upload, no pass of the loop sends more than one turn of it") {
  for (const HttpVersion version : {HttpVersion::http1_1, HttpVersion::http2_prior_knowledge}) {
    const File file;
    SocketPair pair;
    if (version != HttpVersion::http1_1) {
      constexpr std::uint32_t largest_window = 0x7FFFFFFF;
      const std::string hello = settings({{4, largest_window}}) + frame(window_update_frame, 0, 0, number32(1U << 30U));
      REQUIRE(::send(pair.theirs.get(), hello.data(), hello.size(), 0) == static_cast<ssize_t>(hello.size()));
    }
    std::size_t taken = 0;
    FetchOptions options{.http_version = version};
    options.dial = [&](EventLoop& loop, const std::vector<Address>& addresses, Dialer::Reach, Dialer::OnDone on_done) {
      Dialed dialed{.stream = std::make_unique<Greedy>(std::move(pair.ours), taken), .peer = addresses.front()};
      loop.post([on_done = std::move(on_done), dialed = std::move(dialed)]() mutable { on_done(std::move(dialed)); });
      return std::make_unique<Dial>();
    };
    Fetching fetching(std::move(options));
    auto upload = std::make_unique<JobOptions>();
    upload->body_file = file.path();
    fetching.start("upload", "http://127.0.0.1/", std::move(upload));
    while (taken < body_bytes) {
      const std::size_t before = taken;
      REQUIRE(fetching.loop->run_once().has_value());
      CHECK(taken - before <= most_in_a_pass);
    }
  }
}
