#include "crawl/run_journal.hpp"

#include <unistd.h>

#include <string>

#include "catch2_shim.hpp"
#include "io/sigpipe_blocked.hpp"
#include "temporary_folder.hpp"
#include "unit/io/streams.hpp"

namespace nbcrawl {
namespace {

/// A run's state and loop, and what it takes to see what a kill at this moment would leave.
struct Fixture {
  TemporaryFolder folder;
  std::unique_ptr<EventLoop> loop = std::move(*EventLoop::create(std::nullopt));
  std::unique_ptr<RunState> state = std::move(*RunState::open(folder.file("state")));
  ListWatch list{{}};
  RunJournal journal{*state, list, *loop};
};

void write(Output& output, RunJournal& journal, std::uint64_t index, std::string_view bytes) {
  REQUIRE(output.write(std::span(&bytes, 1)));
  journal.finished({.index = index});
}

/// Lets the loop go round until the time of the next commit is over.
void pass_interval(EventLoop& loop) {
  bool over = false;
  Timer timer(loop.timers(), [&over] { over = true; });
  timer.arm(Clock::now() + RunJournal::commit_interval + milliseconds(5));
  while (!over) REQUIRE(loop.run_once());
}

TEST_CASE("a file has the results before the state says so, and its length goes with them", "[run_journal]") {
  Fixture f;
  auto file = FdOutput::take(*f.loop, f.folder.file("out"));
  REQUIRE(file);
  Output& output = f.journal.attach(**file);
  write(output, f.journal, 3, "three\n");
  REQUIRE(f.journal.flush());
  CHECK_FALSE(f.state->mark(3)->is_done());
  pass_interval(*f.loop);
  REQUIRE(f.journal.flush());
  CHECK(f.state->mark(3)->is_done());
  CHECK(f.state->output_bytes() == 6);
  CHECK(content(f.folder.file("out")) == "three\n");
  CHECK(f.journal.pending_bytes() == 0);
}

TEST_CASE("results that come with the timers of each pass do not put the commit off", "[run_journal]") {
  Fixture f;
  auto file = FdOutput::take(*f.loop, f.folder.file("out"));
  REQUIRE(file);
  Output& output = f.journal.attach(**file);
  std::uint64_t results = 0;
  Timer each(f.loop->timers(), [&] {
    write(output, f.journal, results++, "result\n");
    each.arm(f.loop->now());
  });
  each.arm(f.loop->now());
  const TimePoint end = Clock::now() + 3 * RunJournal::commit_interval;
  while (f.loop->now() < end) {
    REQUIRE(f.loop->run_once());
    REQUIRE(f.journal.flush());
  }
  CHECK(f.state->mark(0)->is_done());
  CHECK(f.state->output_mark() != 0);
}

TEST_CASE("what can't be cut back is written only when its jobs are marked, and done only when it is taken",
          "[run_journal]") {
  Fixture f;
  const Ends ends = make_pipe();
  auto pipe = FdOutput::borrow(*f.loop, ends.writing.get(), "the pipe");
  REQUIRE(pipe);
  Output& output = f.journal.attach(**pipe);
  const std::string large(300 * 1024, 'x');  // more than a pipe takes, and enough for a commit at once
  write(output, f.journal, 0, large);
  CHECK(f.journal.pending_bytes() > large.size());
  CHECK((*pipe)->position() == 0);
  CHECK(f.state->mark(0) == JobMark());
  REQUIRE(f.journal.flush());
  CHECK(f.state->mark(0)->is_perhaps_written());
  CHECK((*pipe)->position() > 0);
  write(output, f.journal, 1, "second");
  pass_interval(*f.loop);
  REQUIRE(f.journal.flush());
  CHECK(f.state->mark(0)->is_perhaps_written());  // the reader has not taken it
  CHECK(f.state->mark(1) == JobMark());
  std::string read(large.size() + 6, '\0');
  const auto take = [&](std::size_t from, std::size_t to) {
    while (from < to) {
      REQUIRE(f.loop->run_once(true));
      const ssize_t count = ::read(ends.reading.get(), read.data() + from, to - from);
      REQUIRE(count > 0);
      from += static_cast<std::size_t>(count);
    }
  };
  take(0, large.size());
  REQUIRE(f.loop->run_once(true));
  REQUIRE(f.journal.flush());
  CHECK(f.state->mark(0)->is_done());
  CHECK(f.state->mark(1)->is_perhaps_written());
  take(large.size(), read.size());
  CHECK(read == large + "second");
  REQUIRE(f.journal.finish());
  CHECK(f.state->mark(1)->is_done());
  CHECK(f.journal.pending_bytes() == 0);
}

TEST_CASE("what a reader that went away has not taken is not done", "[run_journal]") {
  Fixture f;
  Ends ends = make_pipe();
  const SigpipeBlocked sigpipe_blocked;
  auto pipe = FdOutput::borrow(*f.loop, ends.writing.get(), "the pipe");
  REQUIRE(pipe);
  Output& output = f.journal.attach(**pipe);
  write(output, f.journal, 0, std::string(300 * 1024, 'x'));
  REQUIRE(f.journal.flush());
  REQUIRE((*pipe)->pending_bytes() > 0);
  ends.reading.reset();
  REQUIRE(f.loop->run_once());  // the write of the loop fails, and nothing is pending any more
  REQUIRE_FALSE((*pipe)->check());
  CHECK_FALSE(f.journal.finish());
  CHECK(f.state->mark(0)->is_perhaps_written());
}

/// Writes the index of each record.
struct IndexSink final : Sink {
  explicit IndexSink(Output& to) : output(to) {}
  Result<> write(const Record& record) override {
    const std::string digit = std::to_string(record.index);
    const std::string_view bytes = digit;
    return output.write(std::span(&bytes, 1));
  }
  Result<> finish() override { return {}; }
  Output& output;
};

TEST_CASE("results that are held back for order do not wait for the reader", "[run_journal]") {
  Fixture f;
  const Ends ends = make_pipe();
  auto pipe = FdOutput::borrow(*f.loop, ends.writing.get(), "the pipe");
  REQUIRE(pipe);
  OrderedSink ordered(f.journal.attach(**pipe), [](Output& inner) { return std::make_unique<IndexSink>(inner); });
  f.journal.attach(ordered);
  const auto finish = [&](std::uint64_t index) {
    REQUIRE(ordered.write({.index = index}));
    f.journal.finished({.index = index});
  };
  for (std::uint64_t index = 1; index < 10; ++index) finish(index);
  CHECK(f.journal.pending_bytes() == 0);  // else a run would stop reading, and the one they wait for never come
  finish(0);
  CHECK(f.journal.pending_bytes() > 10);
}

TEST_CASE("a result that is held back for order is not done", "[run_journal]") {
  Fixture f;
  auto file = FdOutput::take(*f.loop, f.folder.file("out"));
  REQUIRE(file);
  Output& output = f.journal.attach(**file);
  OrderedSink ordered(
      output, [](Output& inner) { return std::make_unique<IndexSink>(inner); },
      [&](std::uint64_t index) { return f.journal.next_open(index); });
  f.journal.attach(ordered);
  for (const std::uint64_t index : {0, 2, 3}) {
    REQUIRE(ordered.write({.index = index}));
    f.journal.finished({.index = index});
  }
  REQUIRE(ordered.finish());
  REQUIRE(f.journal.finish());
  CHECK(content(f.folder.file("out")) == "0");
  CHECK(f.state->mark(0)->is_done());
  CHECK_FALSE(f.state->mark(2)->is_done());
  CHECK(f.journal.next_open(0) == 1);
}

TEST_CASE("what could not be written is not committed", "[run_journal]") {
  Fixture f;
  auto full = FdOutput::take(*f.loop, "/dev/full");
  REQUIRE(full);
  Output& output = f.journal.attach(**full);
  write(output, f.journal, 0, "x");
  const auto finished = f.journal.finish();
  REQUIRE_FALSE(finished);
  CHECK(finished.error().kind == ErrorKind::output_failed);
  CHECK_FALSE(f.state->mark(0)->is_done());
}

}  // namespace
}  // namespace nbcrawl
