#include "base/log.hpp"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

#include "base/escape.hpp"
#include "base/unique_fd.hpp"

namespace nbcrawl {

namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::off: break;
  }
  return spdlog::level::off;
}

Error log_file_error(std::string_view step, const std::string& path, int cause) {
  return {.kind = ErrorKind::output_failed,
          .phase = Phase::output,
          .sys_errno = cause,
          .detail = "can't " + std::string(step) + " the log file " + path + ": " + std::strerror(cause)};
}

/// A file that lines are appended to. Not spdlog's own, which makes folders that are missing and lets its caller not
/// know of what could not be written. After a failure it writes no more.
class LogFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  LogFile(UniqueFd file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}
  [[nodiscard]] std::optional<Error> error() {
    const std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string_view rest(line.data(), line.size());
    while (!error_ && !rest.empty()) {
      const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
      if (written > 0) {
        rest.remove_prefix(static_cast<std::size_t>(written));
      } else if (written == 0 || errno != EINTR) {
        error_ = log_file_error("write", path_, written == 0 ? EIO : errno);
      }
    }
  }
  void flush_() override {}

  UniqueFd file_;
  std::string path_;
  std::optional<Error> error_;
};

/// Lines that somebody else writes.
class LineFunction final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit LineFunction(std::function<void(std::string_view)> write) : write_(std::move(write)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    write_({line.data(), line.size()});
  }
  void flush_() override {}

  std::function<void(std::string_view)> write_;
};

}  // namespace

struct Log::Writer {
  spdlog::logger logger{"nbcrawl"};
  std::vector<std::shared_ptr<LogFile>> files;  // sinks of the logger, which wants shared_ptr

  void add(spdlog::sink_ptr sink, LogLevel level) {
    sink->set_level(to_spdlog(level));
    sink->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
    logger.sinks().push_back(std::move(sink));
    logger.set_level(spdlog::level::trace);
    logger.flush_on(spdlog::level::trace);
  }
};

Log::Log() : writer_(std::make_unique<Writer>()) {}
Log::~Log() = default;

void Log::to_function(std::function<void(std::string_view line)> write, LogLevel level) {
  writer_->add(std::make_shared<LineFunction>(std::move(write)), level);
  lowest_ = std::min(lowest_, level);
}

Result<> Log::to_file(const std::string& path, LogLevel level) {
  // O_NONBLOCK: a FIFO that nobody reads must not hold up the program.
  UniqueFd file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666));
  if (!file) return std::unexpected(log_file_error("open", path, errno));
  writer_->files.push_back(std::make_shared<LogFile>(std::move(file), path));
  writer_->add(writer_->files.back(), level);
  lowest_ = std::min(lowest_, level);
  return {};
}

std::optional<Error> Log::error() const {
  for (const auto& file : writer_->files) {
    if (auto error = file->error()) return error;
  }
  return std::nullopt;
}

void Log::write(LogLevel level, std::string_view line) {
  if (enabled(level)) writer_->logger.log(to_spdlog(level), escape_for_terminal(line));
}

}  // namespace nbcrawl
