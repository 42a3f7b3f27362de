#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>

#include "base/keyed_hash.hpp"
#include "crawl/page_handler.hpp"
#include "nbcrawl/error.hpp"
#include "nbcrawl/job.hpp"
#include "sinks/result_files.hpp"

namespace nbcrawl {

/// Whether jobs of a run name files themselves (JobOptions::output, `save` with a template of one's own), beside those
/// whose files are named {host}{path}.
enum class OwnNames : std::uint8_t {
  none,     ///< the whole list was looked at
  some,     ///< there are, or may be
  unknown,  ///< the list is still to be read, and may be of any length
};

/// Which file of a run belongs to which job: to the first in the list that has its name, whatever comes of it. Jobs of
/// one URL share what is named after the URL.
///
/// Names under {host}{path} are never those of two URLs, so they are remembered only where jobs name files themselves:
/// such a run takes some 50 bytes a file. While that is unknown, `most_remembered` are; a job behind so many that is
/// the first to name its file is refused, and so is any other behind it.
class FileNames {
 public:
  static constexpr std::size_t most_remembered = 65'536;

  /// The handler is borrowed, and so are the files; null: results have none.
  FileNames(const PageHandler& pages, const ResultFiles* files, OwnNames own_names) noexcept
      : pages_(pages), files_(files), own_names_(own_names) {}

  /// Each job of the list, in its order. Error: output_failed, where a file that it may write is another job's.
  Result<> claim(const Job& job);

 private:
  template <class MakeOwner, class MakeName>
  Result<> claim(bool is_own, MakeOwner make_owner, MakeName make_name);
  bool remembers(bool is_own);

  const PageHandler& pages_;
  const ResultFiles* files_;
  OwnNames own_names_;
  bool has_forgotten_ = false;
  // Hashes: the names themselves would take more. Keyed: nobody can choose two names that have one.
  KeyedHash hash_;
  std::unordered_map<std::uint64_t, std::uint64_t> owners_;  // by name
};

}  // namespace nbcrawl
