// Runs a fuzz target over its kept inputs, so that every ctest run replays them without a fuzzer.
// Arguments: files and folders. A folder that is not there is no fault, for not every target has past crashes; to find
// no input at all is one.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_below(std::span<char*> names) {
  std::vector<fs::path> files;
  for (const char* name : names) {
    if (fs::is_regular_file(name)) {
      files.emplace_back(name);
    } else if (fs::is_directory(name)) {
      for (const auto& entry : fs::recursive_directory_iterator(name)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

bool replay(const fs::path& file) {
  // Said before the run: where the target crashes, the last line names the input.
  std::fprintf(stderr, "%s\n", file.c_str());
  std::ifstream stream(file, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  if (!stream) return false;
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  const auto files = files_below(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
  if (files.empty()) {
    std::fputs("no input to replay\n", stderr);
    return 1;
  }
  if (!std::all_of(files.begin(), files.end(), replay)) {
    std::fputs("can't be read\n", stderr);
    return 1;
  }
  std::fprintf(stderr, "%zu inputs replayed\n", files.size());
  return 0;
}
