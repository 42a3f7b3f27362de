#include "sinks/ordered_sink.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace nbcrawl {

namespace {

/// What a held result costs beside its bytes, so that a million empty ones are not held for free.
constexpr std::size_t held_overhead = sizeof(std::pair<const std::uint64_t, std::string>) + 4 * sizeof(void*);

}  // namespace

/// The inner sink's output: leads to the real one, or into a string.
class OrderedSink::Switch final : public Output {
 public:
  explicit Switch(Output& output) noexcept : output_(output) {}

  void lead_into(std::string* held) noexcept { held_ = held; }

  Result<> write(std::span<const std::string_view> pieces) override {
    if (held_ == nullptr) return output_.write(pieces);
    for (const std::string_view piece : pieces) held_->append(piece);
    return {};
  }
  [[nodiscard]] std::size_t pending_bytes() const noexcept override { return output_.pending_bytes(); }

 private:
  Output& output_;
  std::string* held_ = nullptr;
};

OrderedSink::OrderedSink(Output& output, std::move_only_function<std::unique_ptr<Sink>(Output&)> make,
                         NextIndex next_index)
    : output_(output),
      switch_(std::make_unique<Switch>(output)),
      inner_(make(*switch_)),
      next_index_(std::move(next_index)) {
  if (next_index_) next_due_ = next_index_(0);
}

OrderedSink::~OrderedSink() = default;

Result<> OrderedSink::write(const Record& record) {
  if (record.index == next_due_) {
    if (auto written = inner_->write(record); !written) return written;
    advance();
    return release_due();
  }
  std::string& held = held_[record.index];
  switch_->lead_into(&held);
  auto rendered = inner_->write(record);
  switch_->lead_into(nullptr);
  held_bytes_ += held.capacity() + held_overhead;
  return rendered;
}

void OrderedSink::advance() {
  ++next_due_;
  if (next_index_) next_due_ = next_index_(next_due_);
}

Result<> OrderedSink::release_due() {
  while (!held_.empty()) {
    const auto due = held_.extract(next_due_);
    if (!due) break;
    held_bytes_ -= due.mapped().capacity() + held_overhead;
    advance();
    const std::string_view bytes = due.mapped();
    if (auto written = output_.write(std::span(&bytes, 1)); !written) return written;
  }
  return {};
}

Result<> OrderedSink::finish() {
  if (next_index_) held_.clear();
  while (!held_.empty()) {
    next_due_ = std::ranges::min_element(held_)->first;
    if (auto released = release_due(); !released) return released;
  }
  return inner_->finish();
}

}  // namespace nbcrawl
