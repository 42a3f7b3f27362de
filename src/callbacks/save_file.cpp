#include "callbacks/save_file.hpp"

#include <utility>

#include "callbacks/save_template.hpp"

namespace nbcrawl {

Result<SaveFile> SaveFile::open(const OutputDirectory& directory, std::string_view save_template, const Job& job,
                                const Url& url) {
  const auto relative_path = expand_save_template(save_template, job, url);
  if (!relative_path) return std::unexpected(relative_path.error());
  auto file = directory.create(*relative_path);
  if (!file) return std::unexpected(std::move(file.error()));
  return SaveFile(std::move(*file));
}

Result<std::string> SaveFile::commit() {
  if (auto committed = file_.commit(); !committed) return std::unexpected(std::move(committed.error()));
  return file_.path();
}

}  // namespace nbcrawl
