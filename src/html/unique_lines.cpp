#include "html/unique_lines.hpp"

namespace nbcrawl::html {

bool UniqueLines::add(std::string_view text) {
  if (ends_.size() * 2 >= slots_.size()) grow();
  std::size_t& slot = slot_for(text);
  if (slot != 0) return false;
  block_ += text;
  ends_.push_back(block_.size());
  block_ += '\n';
  slot = ends_.size();
  return true;
}

std::size_t& UniqueLines::slot_for(std::string_view text) noexcept {
  const std::size_t mask = slots_.size() - 1;
  std::size_t i = hash_(text) & mask;
  while (slots_[i] != 0 && (*this)[slots_[i] - 1] != text) i = (i + 1) & mask;
  return slots_[i];
}

void UniqueLines::grow() {
  constexpr std::size_t least = 64;
  slots_.assign(slots_.empty() ? least : slots_.size() * 2, 0);
  for (std::size_t i = 0; i < ends_.size(); ++i) slot_for((*this)[i]) = i + 1;
}

}  // namespace nbcrawl::html
