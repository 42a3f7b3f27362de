// The file of a resumable run, damaged: the input says which bytes are changed, three for the place and one for the
// change; behind a first byte of 0xFF it is the whole file. The file is refused and left as it was, or can be used
// without a crash, and every error is one of the state.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/unique_fd.hpp"
#include "fuzz_input.hpp"
#include "state/run_state.hpp"

namespace {

using namespace nbcrawl;

/// A folder, in memory where that is to be had, gone when the process ends.
class Scratch {
 public:
  Scratch() { require(::mkdtemp(folder_.data()) != nullptr); }
  ~Scratch() {
    remove();
    ::rmdir(folder_.data());
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] std::string path() const { return std::string(folder_.data()) + "/state"; }
  void remove() const {
    for (const char* suffix : {"", "-journal", "-wal", "-shm"}) ::unlink((path() + suffix).c_str());
  }
  void put(std::string_view bytes) const {
    remove();
    const UniqueFd file(::open(path().c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    require(file && ::write(file.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }
  [[nodiscard]] std::string get() const {
    const UniqueFd file(::open(path().c_str(), O_RDONLY | O_CLOEXEC));
    std::string bytes(1024 * 1024, '\0');
    const ssize_t size = ::read(file.get(), bytes.data(), bytes.size());
    require(size >= 0);
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
  }

 private:
  std::string folder_ = std::string(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + "/nbcrawl-fuzz-XXXXXX";
};

const Scratch scratch;

template <class T>
bool sound(const Result<T>& result) {
  require(result || (result.error().kind == ErrorKind::state_failed && result.error().detail.contains(scratch.path())));
  return result.has_value();
}

const std::vector<Setting> settings{{.name = "--callback", .value = "links"}};

std::string make_state() {
  scratch.remove();
  {
    const auto state = RunState::open(scratch.path());
    require(state && (*state)->agree(settings));
    std::vector<std::pair<std::uint64_t, JobMark>> jobs;
    for (std::uint64_t index = 0; index < 300; index += 3)
      jobs.emplace_back(index, JobMark::done(index % 2 == 0 ? 0 : 4));
    const std::array list{ListMark{.position = 4096, .digest = std::string(32, 'd'), .lasting = true}};
    require((*state)->commit({.jobs = jobs, .list = list, .output_bytes = 77}).has_value());
  }
  return scratch.get();
}

std::string damaged(std::string whole, std::string_view changes) {
  for (; changes.size() >= 4; changes.remove_prefix(4)) {
    const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(changes[i])); };
    char& changed = whole[(byte(0) << 16U | byte(1) << 8U | byte(2)) % whole.size()];
    changed = static_cast<char>(changed ^ changes[3]);
  }
  return whole;
}

void use(RunState& state) {
  if (!sound(state.agree(settings))) return;
  sound(state.totals());
  sound(state.list_marks());
  sound(state.output_bytes());
  sound(state.next_open(0));
  for (const std::uint64_t index : {0U, 1U, 3U, 299U, 70'000U}) sound(state.mark(index));
  const std::array jobs{std::pair{std::uint64_t{1}, JobMark::done(0)}};
  sound(state.commit({.jobs = jobs, .output_bytes = 80}));
  sound(state.retry_failed());
  sound(state.next_open(0));
  sound(state.end_retry());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string whole = make_state();
  const std::string_view input = text_of(data, size);
  const std::string file = input.starts_with('\xFF') ? std::string(input.substr(1)) : damaged(whole, input);
  scratch.put(file);
  const auto state = RunState::open(scratch.path());
  if (sound(state)) {
    use(**state);
  } else {
    require(scratch.get() == file);
  }
  return 0;
}
