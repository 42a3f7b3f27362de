#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "nbcrawl/error.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace nbcrawl {

/// A prepared statement. Values are bound from 1 on, columns counted from 0. It must not outlive its Database.
class Statement {
 public:
  void bind(int position, std::int64_t value);
  /// `bytes` must live until the statement has been run.
  void bind_blob(int position, std::string_view bytes);
  void bind_text(int position, std::string_view text);

  /// The next row; false: there is none, and the statement may be bound and run again. Error: state_failed.
  Result<bool> next_row();
  /// Runs a statement that has no rows. Error: state_failed.
  Result<> run();

  [[nodiscard]] std::int64_t integer(int column) const;
  /// Lives until next_row() or run().
  [[nodiscard]] std::string_view bytes(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  Statement(sqlite3_stmt* statement, const std::string& path) : statement_(statement), path_(&path) {}

  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  const std::string* path_;  // the database's
};

/// One SQLite file that this process has for itself, as far as a state needs it. Errors are of kind state_failed and
/// name the file. Blocks for as long as the file system does.
class Database {
 public:
  /// Opens the file, or creates an empty one, and locks it against other processes for as long as this object lives.
  static Result<std::unique_ptr<Database>> open(const std::string& path);

  /// Runs statements that have no rows.
  Result<> run(const char* sql);
  /// The first column of the only row.
  Result<std::int64_t> integer(const char* sql);
  Result<Statement> prepare(const char* sql);
  /// Undoes the transaction, if one is open.
  void roll_back() noexcept;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  explicit Database(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace nbcrawl
