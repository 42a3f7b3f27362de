#include "state/database.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <system_error>
#include <utility>

namespace nbcrawl {

namespace {

/// What the system said of the last call that failed on this file of the database; 0: none did.
int noted_errno(sqlite3_file* file) noexcept {
  int noted = 0;
  if (file != nullptr && file->pMethods != nullptr) file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &noted);
  return noted;
}

/// SQLite forgets the cause where it can't write a transaction; its files know.
int errno_of(sqlite3* handle) noexcept {
  if (const int kept = ::sqlite3_system_errno(handle); kept != 0) return kept;
  for (const int which : {SQLITE_FCNTL_JOURNAL_POINTER, SQLITE_FCNTL_FILE_POINTER}) {
    sqlite3_file* file = nullptr;
    ::sqlite3_file_control(handle, "main", which, static_cast<void*>(&file));
    if (const int noted = noted_errno(file); noted != 0) return noted;
  }
  return 0;
}

std::string cause_of(sqlite3* handle, int code, int system_errno) {
  switch (code & 0xFF) {  // the primary result code
    case SQLITE_BUSY: return "another process has it open";
    case SQLITE_NOTADB: return "it is no SQLite file, or it is damaged";
    case SQLITE_CORRUPT: return "it is damaged";
    case SQLITE_FULL: return std::generic_category().message(ENOSPC);
    case SQLITE_READONLY: return "it may not be written";
    default: break;
  }
  std::string cause = handle != nullptr ? ::sqlite3_errmsg(handle) : ::sqlite3_errstr(code);
  if (system_errno != 0) cause += " (" + std::generic_category().message(system_errno) + ")";
  return cause;
}

/// What stands in the way of a state in this place, in the system's words: SQLite says of all of it no more than that
/// it can't open it, and reads what may not be written.
std::optional<std::string> obstacle(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return std::strerror(errno);
    const std::string folder = path.contains('/') ? path.substr(0, path.rfind('/') + 1) : ".";
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return std::strerror(errno);
    return std::nullopt;
  }
  if (S_ISDIR(status.st_mode)) return std::strerror(EISDIR);
  if (!S_ISREG(status.st_mode)) return "it is no file on a disk";
  if (::access(path.c_str(), R_OK | W_OK) != 0) return std::strerror(errno);
  return std::nullopt;
}

Error failure(const std::string& path, const std::string& cause, int system_errno) {
  return {.kind = ErrorKind::state_failed,
          .phase = Phase::job,
          .sys_errno = system_errno,
          .detail = "can't use the state " + path + ": " + cause};
}

Error failure(const std::string& path, sqlite3* handle, int code) {
  const int primary = code & 0xFF;
  const bool of_system = handle != nullptr && (primary == SQLITE_CANTOPEN || primary == SQLITE_IOERR);
  const int system_errno = of_system ? errno_of(handle) : 0;
  return failure(path, cause_of(handle, code, system_errno), system_errno);
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept { ::sqlite3_finalize(statement); }

// What a bind can't do shows when the statement is run.
void Statement::bind(int position, std::int64_t value) { ::sqlite3_bind_int64(statement_.get(), position, value); }

void Statement::bind_blob(int position, std::string_view bytes) {
  ::sqlite3_bind_blob64(statement_.get(), position, bytes.data(), bytes.size(), SQLITE_STATIC);
}

void Statement::bind_text(int position, std::string_view text) {
  ::sqlite3_bind_text64(statement_.get(), position, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

Result<bool> Statement::next_row() {
  const int code = ::sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) {
    Error error = failure(*path_, ::sqlite3_db_handle(statement_.get()), code);
    ::sqlite3_reset(statement_.get());
    return std::unexpected(std::move(error));
  }
  ::sqlite3_reset(statement_.get());
  return false;
}

Result<> Statement::run() {
  auto row = next_row();
  if (!row) return std::unexpected(std::move(row.error()));
  return {};
}

std::int64_t Statement::integer(int column) const { return ::sqlite3_column_int64(statement_.get(), column); }

std::string_view Statement::bytes(int column) const {
  const void* data = ::sqlite3_column_blob(statement_.get(), column);
  const int size = ::sqlite3_column_bytes(statement_.get(), column);
  return {static_cast<const char*>(data), static_cast<std::size_t>(size)};
}

void Database::Close::operator()(sqlite3* handle) const noexcept { ::sqlite3_close(handle); }

Result<std::unique_ptr<Database>> Database::open(const std::string& path) {
  if (const auto cause = obstacle(path)) return std::unexpected(failure(path, *cause, 0));
  std::unique_ptr<Database> database(new Database(path));
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const std::string plain = path.starts_with('/') ? path : "./" + path;  // some names mean something else to SQLite
  const int code = ::sqlite3_open_v2(plain.c_str(), &handle, flags, nullptr);
  database->handle_.reset(handle);
  if (code != SQLITE_OK) return std::unexpected(failure(path, handle, code));
  // The lock is taken by the first transaction and kept, so that no other process ever sees a state in between. It also
  // keeps the index of the write-ahead log in memory: a kill leaves two files, never three.
  if (auto locked = database->run("PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL; BEGIN EXCLUSIVE; COMMIT");
      !locked)
    return std::unexpected(std::move(locked.error()));
  return database;
}

Result<> Database::run(const char* sql) {
  const int code = ::sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(failure(path_, handle_.get(), code));
  return {};
}

Result<Statement> Database::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const int code = ::sqlite3_prepare_v2(handle_.get(), sql, -1, &statement, nullptr);
  if (code != SQLITE_OK) return std::unexpected(failure(path_, handle_.get(), code));
  return Statement(statement, path_);
}

Result<std::int64_t> Database::integer(const char* sql) {
  auto statement = prepare(sql);
  if (!statement) return std::unexpected(std::move(statement.error()));
  auto row = statement->next_row();
  if (!row) return std::unexpected(std::move(row.error()));
  if (!*row) return std::unexpected(failure(path_, nullptr, SQLITE_CORRUPT));
  return statement->integer(0);
}

void Database::roll_back() noexcept {
  if (::sqlite3_get_autocommit(handle_.get()) == 0)
    ::sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace nbcrawl
