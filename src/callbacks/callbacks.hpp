#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/output_directory.hpp"
#include "callbacks/exec.hpp"
#include "callbacks/save_file.hpp"
#include "charset/page_decoder.hpp"
#include "nbcrawl/job.hpp"
#include "nbcrawl/response.hpp"

namespace nbcrawl {

/// What the callbacks of one job need of the body while it arrives.
struct BodyNeed {
  bool in_memory = false;
  bool coded = false;                             ///< as it was sent, content codings and all (`raw:coded`)
  std::optional<std::string_view> save_template;  ///< the argument of `save`, where it is among them
};

/// The callbacks a job list can name. Each is one row of the table in callbacks.cpp and a function of its own file;
/// what they share, such as the decoder's tables, is held here. Used by one thread at a time.
class Callbacks {
 public:
  /// `save` writes below `directory`; null: it is refused. The directory must outlive this object.
  explicit Callbacks(const OutputDirectory* directory) : directory_(directory) {}
  /// The same for another thread; they share the directory, which has no state that changes.
  [[nodiscard]] Callbacks another() const { return Callbacks(directory_); }

  /// Whether `spec`, "name" or "name:argument", names a callback and its argument is good. Error: invalid_job,
  /// whose detail begins with the spec.
  [[nodiscard]] Result<> check(std::string_view spec) const;

  /// Whether `spec` saves the page under a name of the user's own, not that of the default template.
  [[nodiscard]] static bool names_its_file(std::string_view spec) noexcept;

  /// Of checked specs. Error: callback_failed, where what they need can't be had together.
  [[nodiscard]] Result<BodyNeed> need(const std::vector<std::string>& specs) const;

  /// Opens the file that `save` fills as the body arrives. It is named by the URL the job asked for: where redirects
  /// lead is the server's word, and two jobs must not end in one file. Error: output_failed.
  [[nodiscard]] Result<SaveFile> open_save(std::string_view save_template, const Job& job) const;

  /// Runs checked specs in order over a finished response, from specs[first] on, up to one that is a command. Returns
  /// where that is: run command() and go on behind it; specs.size(): all are done. `saved` is the file of `save`,
  /// complete but not committed; null where there is none. Error: callback_failed, output_failed.
  Result<std::size_t> run(const std::vector<std::string>& specs, std::size_t first, const Response& response,
                          SaveFile* saved, Emitter& emitter);
  /// The command that a spec stands for; `emitter` is that of the callbacks before it.
  Command command(std::string_view spec, const Job& job, const Response& response, const Emitter& emitter);

 private:
  const OutputDirectory* directory_;
  PageDecoder decoder_;
};

}  // namespace nbcrawl
