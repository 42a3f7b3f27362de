#include "base/available_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace nbcrawl {

namespace {

namespace fs = std::filesystem;

std::uint64_t of_machine() noexcept {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  const long page = ::sysconf(_SC_PAGESIZE);
  return pages > 0 && page > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page) : UINT64_MAX;
}

/// The least limit of a group and those above it. "max", and a file that is not there, is none.
std::uint64_t of_groups(const fs::path& controller, fs::path group, const char* file) {
  std::uint64_t least = UINT64_MAX;
  for (;; group = group.parent_path()) {
    std::uint64_t limit = 0;
    if (std::ifstream(controller / group.relative_path() / file) >> limit) least = std::min(least, limit);
    if (!group.has_relative_path()) return least;
  }
}

}  // namespace

std::uint64_t available_memory(const fs::path& root) {
  std::uint64_t least = of_machine();
  std::ifstream groups(root / "proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {  // ID:CONTROLLERS:PATH
    const std::size_t controllers = line.find(':') + 1;
    const std::size_t path = line.find(':', controllers) + 1;
    if (controllers == 0 || path == 0) continue;
    const std::string name = line.substr(controllers, path - 1 - controllers);
    const fs::path hierarchy = root / "sys/fs/cgroup";
    if (name.empty()) least = std::min(least, of_groups(hierarchy, line.substr(path), "memory.max"));
    if (name == "memory")
      least = std::min(least, of_groups(hierarchy / "memory", line.substr(path), "memory.limit_in_bytes"));
  }
  return least;
}

}  // namespace nbcrawl
