#include "crawl/file_names.hpp"

#include <string>
#include <string_view>

#include "callbacks/save_template.hpp"

namespace nbcrawl {

namespace {

std::unexpected<Error> refused(const std::string& name, std::string_view why) {
  return std::unexpected(Error{.kind = ErrorKind::output_failed,
                               .phase = Phase::output,
                               .detail = "can't write " + name + " below the output folder: " + std::string(why)});
}

}  // namespace

Result<> FileNames::claim(const Job& job) {
  const auto save_template = pages_.save_template_of(job);
  const bool only_saves = save_template && pages_.callbacks_of(job).size() == 1;  // its result is empty
  const bool has_result = files_ != nullptr && files_->names(job) && !only_saves;
  if (!save_template && !has_result) return {};
  const auto url = [&] { return hash_(job.url.href_without_fragment()); };
  const auto page = [&] { return expand_save_template(*save_template, job, job.url); };
  if (save_template) {
    auto claimed = claim(!is_default_template(*save_template), url, page);
    if (!claimed) return claimed;
  }
  if (!has_result) return {};
  const bool is_own = ResultFiles::is_named_by(job);
  if (is_own && save_template && page() == job.options->output) return {};  // it has it; store() tells where it can't
  return claim(
      is_own, [&] { return is_own ? hash_("job " + std::to_string(job.index)) : url(); },
      [&] { return files_->name_of(job, save_template ? page().value_or("") : ""); });
}

template <class MakeOwner, class MakeName>
Result<> FileNames::claim(bool is_own, MakeOwner make_owner, MakeName make_name) {
  if (!remembers(is_own)) return {};
  const Result<std::string> name = make_name();
  if (!name) return {};  // told when it is to be written
  if (has_forgotten_) {
    return refused(*name, "the names of the jobs before it are forgotten, for none of the first " +
                              std::to_string(most_remembered) + " named its file");
  }
  const std::uint64_t owner = make_owner();
  const auto [holder, is_new] = owners_.try_emplace(hash_(*name), owner);
  if (is_new || holder->second == owner) return {};
  return refused(*name, "it is another job's file");
}

bool FileNames::remembers(bool is_own) {
  if (has_forgotten_) return is_own;
  if (is_own) own_names_ = OwnNames::some;
  if (own_names_ == OwnNames::some) return true;
  if (own_names_ == OwnNames::unknown && owners_.size() < most_remembered) return true;
  has_forgotten_ = true;
  owners_ = {};
  return false;
}

}  // namespace nbcrawl
