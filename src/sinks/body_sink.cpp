#include "sinks/body_sink.hpp"

#include <array>
#include <span>
#include <string_view>

namespace nbcrawl {

Result<> BodySink::write(const Record& record) {
  if (!record.ok()) return {};
  const std::array pieces{record.body, std::string_view("\0", 1)};
  return output_.write(std::span(pieces).first(null_terminated_ ? 2 : 1));
}

}  // namespace nbcrawl
