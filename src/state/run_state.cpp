#include "state/run_state.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/behind_links.hpp"

namespace nbcrawl {

namespace {

constexpr std::int64_t application_id = 0x6E626372;  // "nbcr", which file(1) and SQLite show
constexpr std::int64_t schema_version = 1;

// Rows of the table `progress`.
constexpr std::string_view output = "output";            // bytes
constexpr std::string_view output_tail = "output_mark";  // of the file there
constexpr std::string_view retrying = "retrying";  // 1: jobs that failed were opened anew, and not all are done yet

// A row of the table `setting`, beside those that must stay the same: the jar that the cookies were written to.
constexpr std::string_view kept_in = "cookies kept in";

std::string shown(std::string_view value) { return value.empty() ? "unset" : "'" + std::string(value) + "'"; }

Error failure(const std::string& path, std::string_view why) {
  return {.kind = ErrorKind::state_failed,
          .phase = Phase::job,
          .detail = "can't use the state " + path + ": " + std::string(why)};
}

}  // namespace

Result<std::unique_ptr<RunState>> RunState::open(const std::string& path) {
  auto database = Database::open(path);
  if (!database) return std::unexpected(std::move(database.error()));
  std::unique_ptr<RunState> state(new RunState(std::move(*database)));
  if (auto usable = state->check(); !usable) return std::unexpected(std::move(usable.error()));
  return state;
}

std::vector<std::string> RunState::files_at(const std::string& path) {
  std::vector<std::string> files;
  for (const std::string& database : {path, behind_links(path).string()}) {
    for (const char* ending : {"", "-wal", "-shm", "-journal"}) files.push_back(database + ending);
  }
  return files;
}

Result<> RunState::check() {
  const auto id = database_->integer("PRAGMA application_id");
  if (!id) return std::unexpected(id.error());
  if (*id != application_id) {
    // A run killed before the first transaction ended leaves an SQLite file with nothing in it.
    const auto tables = database_->integer("SELECT count(*) FROM sqlite_schema");
    if (!tables) return std::unexpected(tables.error());
    if (*id == 0 && *tables == 0) return create();
    return std::unexpected(failure(path(), "it belongs to another program"));
  }
  const auto version = database_->integer("PRAGMA user_version");
  if (!version) return std::unexpected(version.error());
  if (*version != schema_version) {
    return std::unexpected(failure(path(), "its format is version " + std::to_string(*version) +
                                               ", this nbcrawl reads " + std::to_string(schema_version)));
  }
  auto checked = database_->prepare("PRAGMA quick_check(1)");
  if (!checked) return std::unexpected(std::move(checked.error()));
  const auto row = checked->next_row();
  if (!row) return std::unexpected(row.error());
  if (!*row || checked->bytes(0) != "ok") return std::unexpected(failure(path(), "it is damaged"));
  if (auto all = totals(); !all) return std::unexpected(std::move(all.error()));
  return {};
}

Result<> RunState::create() {
  if (auto logged = database_->run("PRAGMA journal_mode=WAL"); !logged) return logged;
  return transact([this] {
    const std::string sql =
        std::string(JobMarks::schema) +
        ";CREATE TABLE list_mark (position INTEGER PRIMARY KEY, digest BLOB NOT NULL, lasting INTEGER NOT NULL)"
        ";CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
        ";CREATE TABLE progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID"
        ";PRAGMA user_version=" +
        std::to_string(schema_version) + ";PRAGMA application_id=" + std::to_string(application_id);
    return database_->run(sql.c_str());
  });
}

Result<> RunState::prepare() {
  auto begun = database_->run("BEGIN");
  preparing_ = begun.has_value();
  return begun;
}

Result<> RunState::settle() {
  if (!std::exchange(preparing_, false)) return {};
  auto done = database_->run("COMMIT");
  if (!done) database_->roll_back();
  return done;
}

Result<> RunState::agree(std::span<const Setting> settings) {
  const auto count = database_->integer("SELECT count(*) FROM setting");
  if (!count) return std::unexpected(count.error());
  if (*count == 0) return transact([&] { return put_settings(settings); });
  for (const Setting& wanted : settings) {
    const auto stored = setting(wanted.name);
    if (!stored) return std::unexpected(stored.error());
    const std::string before = stored->value_or("");
    if (before != wanted.value) {
      return std::unexpected(failure(path(), "it was begun with " + wanted.name + " " + shown(before) + ", not " +
                                                 shown(wanted.value) + "; results of both can't go together"));
    }
  }
  return {};
}

Result<std::optional<std::string>> RunState::setting(std::string_view name) {
  auto statement = database_->prepare("SELECT value FROM setting WHERE name = ?");
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_text(1, name);
  const auto found = statement->next_row();
  if (!found) return std::unexpected(found.error());
  return *found ? std::optional(std::string(statement->bytes(0))) : std::nullopt;
}

Result<> RunState::put_settings(std::span<const Setting> settings) {
  auto statement = database_->prepare("INSERT OR REPLACE INTO setting (name, value) VALUES (?, ?)");
  if (!statement) return std::unexpected(std::move(statement.error()));
  for (const Setting& setting : settings) {
    statement->bind_text(1, setting.name);
    statement->bind_text(2, setting.value);
    if (auto put = statement->run(); !put) return put;
  }
  return {};
}

Result<> RunState::retry_failed() {
  if (auto ended = end_retry(); !ended) return ended;  // a kill may have come behind its last job
  const auto under_way = progress(retrying);
  if (!under_way) return std::unexpected(under_way.error());
  if (under_way->value_or(0) != 0) return {};
  return transact([this] {
    auto opened = marks_.reopen_failed();
    return opened ? put_progress(retrying, 1) : opened;
  });
}

Result<> RunState::end_retry() {
  const auto under_way = progress(retrying);
  if (!under_way) return std::unexpected(under_way.error());
  if (under_way->value_or(0) == 0) return {};
  const auto all = totals();
  if (!all) return std::unexpected(all.error());
  return all->perhaps_written > 0 ? Result<>() : put_progress(retrying, 0);
}

Result<> RunState::keep_cookies(const std::string& jar) {
  return put_settings(std::array{Setting{.name = std::string(kept_in), .value = jar}});
}

Result<bool> RunState::has_kept_cookies(std::string_view jar) {
  const auto stored = setting(kept_in);
  if (!stored) return std::unexpected(stored.error());
  return *stored == jar;
}

Result<std::vector<ListMark>> RunState::list_marks() {
  auto rows = database_->prepare("SELECT position, digest, lasting FROM list_mark ORDER BY position");
  if (!rows) return std::unexpected(std::move(rows.error()));
  std::vector<ListMark> marks;
  for (;;) {
    const auto more = rows->next_row();
    if (!more) return std::unexpected(more.error());
    if (!*more) return marks;
    marks.push_back({.position = static_cast<std::uint64_t>(rows->integer(0)),
                     .digest = std::string(rows->bytes(1)),
                     .lasting = rows->integer(2) != 0});
  }
}

Result<std::optional<std::uint64_t>> RunState::output_bytes() { return progress(output); }

Result<std::uint64_t> RunState::output_mark() {
  const auto mark = progress(output_tail);
  if (!mark) return std::unexpected(mark.error());
  return mark->value_or(0);
}

Result<> RunState::commit(const StateChanges& changes) {
  auto done = transact([&]() -> Result<> {
    for (const auto& [index, mark] : changes.jobs) {
      if (auto set = marks_.set(index, mark); !set) return set;
    }
    if (auto stored = marks_.store(); !stored) return stored;
    if (auto put = put_list(changes.list); !put) return put;
    if (!changes.output_bytes) return {};
    if (auto put = put_progress(output, *changes.output_bytes); !put) return put;
    return put_progress(output_tail, changes.output_mark);
  });
  if (!done) marks_.forget();
  return done;
}

Result<> RunState::put_list(std::span<const ListMark> list) {
  if (list.empty()) return {};
  if (auto dropped = database_->run("DELETE FROM list_mark WHERE NOT lasting"); !dropped) return dropped;
  auto statement = database_->prepare("INSERT OR REPLACE INTO list_mark (position, digest, lasting) VALUES (?, ?, ?)");
  if (!statement) return std::unexpected(std::move(statement.error()));
  for (const ListMark& mark : list) {
    statement->bind(1, static_cast<std::int64_t>(mark.position));
    statement->bind_blob(2, mark.digest);
    statement->bind(3, mark.lasting ? 1 : 0);
    if (auto put = statement->run(); !put) return put;
  }
  return {};
}

Result<> RunState::put_progress(std::string_view name, std::uint64_t value) {
  auto statement = database_->prepare("INSERT OR REPLACE INTO progress (name, value) VALUES (?, ?)");
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_text(1, name);
  statement->bind(2, static_cast<std::int64_t>(value));
  return statement->run();
}

Result<std::optional<std::uint64_t>> RunState::progress(std::string_view name) {
  auto statement = database_->prepare("SELECT value FROM progress WHERE name = ?");
  if (!statement) return std::unexpected(std::move(statement.error()));
  statement->bind_text(1, name);
  const auto found = statement->next_row();
  if (!found) return std::unexpected(found.error());
  return *found ? std::optional(static_cast<std::uint64_t>(statement->integer(0))) : std::nullopt;
}

Result<> RunState::transact(std::move_only_function<Result<>()> change) {
  if (preparing_) return change();  // one of many
  auto done = database_->run("BEGIN");
  if (done) done = change();
  if (done) done = database_->run("COMMIT");
  if (!done) database_->roll_back();
  return done;
}

}  // namespace nbcrawl
