#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/sha256.hpp"
#include "nbcrawl/error.hpp"
#include "state/run_state.hpp"

namespace nbcrawl {

/// Holds the job lists of a run that goes on against what an earlier run read of them, and takes down what this one
/// reads. Bytes come out once they are known to be what they were, a step at a time, so that no job of a changed list
/// is started, and a list that comes through a pipe needs no more memory than one step.
/// Several lists count as one, one behind the other. Errors: state_failed, naming the place.
class ListWatch {
 public:
  /// Bytes between two marks, at most.
  static constexpr std::uint64_t step = 1024 * 1024;

  /// `earlier`: the marks that the state has.
  explicit ListWatch(std::vector<ListMark> earlier) : earlier_(std::move(earlier)) {}

  /// Takes the next bytes of a list and gives those that can be used, which live until the next call.
  Result<std::string_view> pass(std::string_view bytes);
  /// The list is at its end: gives what is left of it. `is_last`: no other follows. `may_be_cut`: its last line may go
  /// on the next time. One that an earlier run knows to be whole comes out with a newline, whether it has one or not.
  Result<std::string_view> end_of_list(bool is_last, bool may_be_cut = false);

  /// Marks that the state does not have yet, each once; the last one stands where the lists were read to.
  std::vector<ListMark> take_marks();

 private:
  [[nodiscard]] bool is_checking() const noexcept { return checked_ < earlier_.size(); }
  [[nodiscard]] ListMark mark(bool lasting) const;
  Result<> hash(std::string_view bytes);
  std::string_view release(std::size_t bytes);
  [[nodiscard]] Error change() const;

  std::vector<ListMark> earlier_;
  std::size_t checked_ = 0;  // of these
  Sha256 hash_;
  std::uint64_t position_ = 0;
  bool ends_line_ = true;      // the last byte was a newline
  std::string held_;           // of the list, and not known to be unchanged yet
  std::string released_;       // what the last call gave, where it had been held
  std::vector<ListMark> new_;  // lasting ones
  std::uint64_t taken_to_ = 0;
};

}  // namespace nbcrawl
