#include "base/log.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <cerrno>

#include "base/escape.hpp"

namespace nbcrawl {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::trace: return spdlog::level::trace;
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
    case LogLevel::off: break;
  }
  return spdlog::level::off;
}

}  // namespace

struct Log::Writer {
  spdlog::logger logger{"nbcrawl"};

  void add(spdlog::sink_ptr sink, LogLevel level) {
    sink->set_level(to_spdlog(level));
    sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
    logger.sinks().push_back(std::move(sink));
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
  }
};

Log::Log() : writer_(std::make_unique<Writer>()) {}
Log::~Log() = default;

void Log::to_stderr(LogLevel level) {
  writer_->add(std::make_shared<spdlog::sinks::stderr_sink_st>(), level);
  lowest_ = std::min(lowest_, level);
}

Result<> Log::to_file(const std::string& path, LogLevel level) {
  try {
    writer_->add(std::make_shared<spdlog::sinks::basic_file_sink_st>(path), level);
  } catch (const spdlog::spdlog_ex& failure) {
    return std::unexpected(Error{.kind = ErrorKind::output_failed,
                                 .phase = Phase::output,
                                 .sys_errno = errno,
                                 .detail = "can't open the log file " + path + ": " + failure.what()});
  }
  lowest_ = std::min(lowest_, level);
  return {};
}

void Log::write(LogLevel level, std::string_view line) {
  if (enabled(level)) writer_->logger.log(to_spdlog(level), escape_for_terminal(line));
}

}  // namespace nbcrawl
