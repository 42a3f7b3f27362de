#include "project_file.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

std::string project_file(const std::string& path) {
  std::ifstream file(NBCRAWL_SOURCE_DIR "/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("the project has no file " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}
