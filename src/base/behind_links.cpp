#include "base/behind_links.hpp"

#include <system_error>

namespace nbcrawl {

namespace {

constexpr int max_links = 40;  // as many as the kernel follows (path_resolution(7))

}  // namespace

std::filesystem::path behind_links(const std::filesystem::path& path) {
  std::filesystem::path file = path;
  for (int links = 0; links <= max_links; ++links) {
    std::error_code no_link;
    const std::filesystem::path target = std::filesystem::read_symlink(file, no_link);
    if (no_link) return file;
    file = file.parent_path() / target;  // an absolute one takes the place of all
  }
  return path;
}

}  // namespace nbcrawl
