// A template of `save`, two URLs and an id, a line each: every name stays below the folder, and under the template that
// there is without one two pages never share a file, nor does one have the name of the other's folder.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "callbacks/save_template.hpp"
#include "fuzz_input.hpp"

namespace {

using nbcrawl::Job;
using nbcrawl::Result;
using nbcrawl::Url;

bool is_dots(std::string_view name) { return name == "." || name == ".."; }

/// `may_be_dots`: the template puts a dot of its own beside a variable; who opens the file refuses what comes of it.
void check_path(std::string_view path, bool may_be_dots) {
  require(!path.starts_with('/') && !path.ends_with('/'));
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view name = path.substr(begin, end - begin);
    require(!name.empty() && name.size() <= 255 && !name.contains('\0') && (may_be_dots || !is_dots(name)));
    begin = end + 1;
  }
}

void check_apart(std::string_view first, std::string_view second) {
  require(first != second);
  require(!first.starts_with(std::string(second) + "/") && !second.starts_with(std::string(first) + "/"));
}

bool is_harmless(std::string_view path) {
  return std::none_of(path.begin(), path.end(), [](char c) { return (c >= 0 && c < ' ') || c == 0x7F || c == '\\'; }) &&
         !path.contains("/.") && !path.contains("/-") && !path.starts_with('.') && !path.starts_with('-');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_of(data, size);
  const std::string_view save_template = take_line(rest);
  const Result<Url> first = Url::parse(take_line(rest));
  const Result<Url> second = Url::parse(take_line(rest));
  Job job;
  job.id = rest;
  const bool is_template = nbcrawl::check_save_template(save_template).has_value();
  if (!first) return 0;
  const auto path = nbcrawl::expand_save_template(save_template, job, *first);
  require(path.has_value() == is_template);
  if (path) check_path(*path, save_template.contains('.'));

  const auto name = nbcrawl::expand_save_template("", job, *first);
  require(name && is_harmless(*name));
  check_path(*name, false);
  if (!second || second->href_without_fragment() == first->href_without_fragment()) return 0;
  check_apart(*name, *nbcrawl::expand_save_template("", job, *second));
  return 0;
}
