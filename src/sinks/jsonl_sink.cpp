#include "sinks/jsonl_sink.hpp"

#include <span>
#include <string_view>

namespace nbcrawl {

namespace {

constexpr std::size_t kept_capacity = 1024 * 1024;

}  // namespace

Result<> JsonlSink::write(const Record& record) {
  line_.clear();
  JsonWriter json(line_);
  json.begin_object();
  for (const RecordField& field : fields_) field.append(json, field.name, record, style_);
  json.end_object();
  line_ += '\n';
  const std::string_view line = line_;
  auto written = output_.write(std::span(&line, 1));
  if (line_.capacity() > kept_capacity) std::string().swap(line_);
  return written;
}

}  // namespace nbcrawl
