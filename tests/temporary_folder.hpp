#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <system_error>

#include "catch2_shim.hpp"

namespace nbcrawl {

/// A folder of the test's own, removed with all it holds when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() { REQUIRE(::mkdtemp(path_.data()) != nullptr); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
  /// Makes a file, and the folders it stands in. Returns its path.
  std::string write(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path made = file(name);
    std::filesystem::create_directories(made.parent_path());
    std::ofstream out(made, std::ios::binary);
    out << bytes;
    REQUIRE(out.flush().good());
    return made.string();
  }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / "nbcrawl-test-XXXXXX").string();
};

inline std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void put(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  REQUIRE(out.flush().good());
}

/// How many files, folders and others stand below a folder.
inline std::size_t entries_below(const std::string& path) {
  const std::filesystem::recursive_directory_iterator begin(path);
  return static_cast<std::size_t>(std::distance(begin, {}));
}

}  // namespace nbcrawl
