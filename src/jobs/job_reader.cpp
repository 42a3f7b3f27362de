#include "jobs/job_reader.hpp"

#include <utility>

namespace nbcrawl {

JobReader::Step JobReader::next() {
  while (!ended_) {
    const RecordSplitter::Step step = splitter_.next();
    if (std::holds_alternative<NeedInput>(step)) return NeedInput{};
    if (std::holds_alternative<EndOfList>(step)) break;
    if (const auto* fault = std::get_if<ListFault>(&step)) {
      return bad_record(fault->position, fault->message, fault->final);
    }
    const ListRecord& record = *std::get_if<ListRecord>(&step);
    may_be_cut_ = record.may_be_cut;
    if (record.kind != ListRecord::Kind::defaults) return read(record);
    if (const auto fault = parser_.set_defaults(record.text)) {
      ended_ = true;  // what any later job should have is unknown
      return bad_record(record, *fault);
    }
  }
  return EndOfList{};
}

/// The job is made in its place in what is returned: lists are long, and a move of it costs as much as a part of the
/// parsing.
JobReader::Step JobReader::read(const ListRecord& record) {
  Step step(std::in_place_type<Job>);
  Job& job = *std::get_if<Job>(&step);
  job.index = next_index_;
  if (const auto fault = parse(record, job)) {
    step = bad_record(record, *fault);
  } else {
    ++next_index_;
  }
  return step;
}

std::optional<Fault> JobReader::parse(const ListRecord& record, Job& job) {
  if (record.kind == ListRecord::Kind::line) return JobParser::parse_line(record.text, job);
  return parser_.parse_value(record.text, job);
}

JobReader::Step JobReader::bad_record(const ListRecord& record, const Fault& fault) {
  TextPosition position = splitter_.position_of(record);
  position.advance(record.text.substr(0, fault.offset));
  return bad_record(position, fault.message, ended_);
}

JobReader::Step JobReader::bad_record(TextPosition position, std::string_view message, bool final) {
  std::string detail = position.in_file(file_name_).append(message);
  return BadRecord{.error = {.kind = ErrorKind::invalid_job, .phase = Phase::job, .detail = std::move(detail)},
                   .index = next_index_++,
                   .final = final};
}

}  // namespace nbcrawl
