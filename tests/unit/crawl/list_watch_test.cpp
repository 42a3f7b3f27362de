#include "crawl/list_watch.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "catch2_shim.hpp"

namespace nbcrawl {
namespace {

using Lists = std::vector<std::string>;

std::string lines(char first, std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += std::string(1, first) + std::to_string(text.size()) + "\n";
  return text;
}

/// Reads lists as a run does, up to `stop_at` bytes in all, `chunk` at a time. Gives what came out.
Result<Lists> read(ListWatch& watch, const Lists& lists, std::size_t chunk, std::size_t stop_at = SIZE_MAX,
                   bool may_be_cut = false) {
  Lists out;
  for (std::size_t i = 0; i < lists.size(); ++i) {
    out.emplace_back();
    for (std::size_t at = 0; at < lists[i].size(); at += chunk) {
      if (stop_at < chunk) return out;
      stop_at -= chunk;
      const auto usable = watch.pass(std::string_view(lists[i]).substr(at, chunk));
      if (!usable) return std::unexpected(usable.error());
      out.back() += *usable;
    }
    const auto rest = watch.end_of_list(i + 1 == lists.size(), may_be_cut);
    if (!rest) return std::unexpected(rest.error());
    out.back() += *rest;
  }
  return out;
}

/// The marks of a run that was stopped at `stop_at`, as the state keeps them.
std::vector<ListMark> marks_of(const Lists& lists, std::size_t stop_at = SIZE_MAX) {
  ListWatch watch({});
  REQUIRE(read(watch, lists, 50'000, stop_at));
  return watch.take_marks();
}

Lists with_newlines(Lists lists) {
  for (std::string& list : lists) {
    if (!list.empty() && list.back() != '\n') list += '\n';
  }
  return lists;
}

bool goes_on(const std::vector<ListMark>& marks, const Lists& lists, bool may_be_cut = false) {
  ListWatch watch(marks);
  const auto out = read(watch, lists, 65'536, SIZE_MAX, may_be_cut);
  if (out) CHECK(with_newlines(*out) == with_newlines(lists));
  if (!out) CHECK(out.error().kind == ErrorKind::state_failed);
  return out.has_value();
}

TEST_CASE("a list that is what it was comes out whole, in pieces of any size", "[list_watch]") {
  const Lists lists{lines('a', 3'500'000), "", lines('b', 20), lines('c', 1'100'000)};
  const auto marks = marks_of(lists);
  CHECK(marks.size() >= 4 + 3);
  for (const std::size_t chunk : {1'000'003UL, 65'536UL, 4'096UL}) {
    ListWatch watch(marks);
    const auto out = read(watch, lists, chunk);
    REQUIRE(out);
    CHECK(*out == lists);
    CHECK(watch.take_marks().empty());  // nothing that the state does not have
  }
}

TEST_CASE("no byte comes out before it is known to be what it was, and few are held", "[list_watch]") {
  const std::string text = lines('a', 5'000'000);
  const auto marks = marks_of({text});
  std::string changed = text;
  changed[2'500'000] = '!';
  ListWatch watch(marks);
  std::string out;
  Result<std::string_view> usable;
  std::size_t most_held = 0;
  for (std::size_t at = 0; at < changed.size() && usable; at += 1000) {
    usable = watch.pass(std::string_view(changed).substr(at, 1000));
    if (usable) out += *usable;
    most_held = std::max(most_held, at + 1000 - out.size());
  }
  REQUIRE_FALSE(usable);
  CHECK(usable.error().detail.find("changed between its bytes 2097152 and 3145728") != std::string::npos);
  CHECK(out.size() == 2'097'152);
  CHECK(text.starts_with(out));
  CHECK(most_held <= ListWatch::step + 1000);
}

TEST_CASE("of a list only what was read must stay as it was", "[list_watch]") {
  const std::string text = lines('a', 3'000'000);
  const auto marks = marks_of({text}, 1'500'000);
  CHECK(goes_on(marks, {text}));
  CHECK(goes_on(marks, {text.substr(0, 1'500'000)}));
  CHECK(goes_on(marks, {text.substr(0, 1'500'000) + "x\n"}));
  CHECK_FALSE(goes_on(marks, {text.substr(0, 1'499'999)}));
  CHECK_FALSE(goes_on(marks, {"x" + text}));
  CHECK_FALSE(goes_on(marks, {""}));
}

TEST_CASE("a list that was read to its end may have lines added, and no longer last line", "[list_watch]") {
  const auto marks = marks_of({"http://a/1\nhttp://a/2"});
  CHECK(goes_on(marks, {"http://a/1\nhttp://a/2"}));
  CHECK(goes_on(marks, {"http://a/1\nhttp://a/2\n"}));
  CHECK(goes_on(marks, {"http://a/1\nhttp://a/2\nhttp://a/3\n"}));
  CHECK_FALSE(goes_on(marks, {"http://a/1\nhttp://a/23"}));
  CHECK_FALSE(goes_on(marks, {"http://a/1\n"}));
}

TEST_CASE("a last line that was read to its end is whole, and one that may go on is as it comes", "[list_watch]") {
  for (const Lists& lists : {Lists{"http://a/1\nhttp://a/2"}, Lists{"http://a/1", "http://a/2"}}) {
    ListWatch watch(marks_of(lists));
    const auto out = read(watch, lists, 4, SIZE_MAX, true);
    REQUIRE(out);
    CHECK(*out == with_newlines(lists));
    CHECK(watch.take_marks().empty());
  }
  const auto marks = marks_of({"http://a/1\nhttp://a/2"});
  CHECK(goes_on(marks, {"http://a/1\nhttp://a/2\nhttp://a/3"}, true));
  CHECK_FALSE(goes_on(marks, {"http://a/1\nhttp://a/"}, true));
  CHECK_FALSE(goes_on(marks, {"http://a/1\nhttp://a/23"}, true));
  ListWatch first({});
  CHECK(read(first, {"http://a/1\nhttp://a/2"}, 4, SIZE_MAX, true) == Lists{"http://a/1\nhttp://a/2"});
  CHECK(goes_on(first.take_marks(), {"http://a/1\nhttp://a/23"}, true));
}

TEST_CASE("lists keep their order and their ends", "[list_watch]") {
  const auto marks = marks_of({"a\n", "b\n", "c\n"});
  CHECK(goes_on(marks, {"a\n", "b\n", "c\n"}));
  CHECK(goes_on(marks, {"a\n", "b\n", "c\n", "d\n"}));
  CHECK_FALSE(goes_on(marks, {"a\nb\n", "c\n"}));
  CHECK_FALSE(goes_on(marks, {"b\n", "a\n", "c\n"}));
  CHECK_FALSE(goes_on(marks, {"a\n", "b\n"}));
  CHECK_FALSE(goes_on(marks, {"a\nx\n", "b\n", "c\n"}));
}

TEST_CASE("marks are given once, the last where the list was read to", "[list_watch]") {
  ListWatch watch({});
  CHECK(watch.take_marks().empty());
  REQUIRE(watch.pass("http://a/1\n"));
  REQUIRE(watch.take_marks().size() == 1);
  CHECK(watch.take_marks().empty());
  REQUIRE(watch.pass(std::string(ListWatch::step, 'x')));
  const auto marks = watch.take_marks();
  REQUIRE(marks.size() == 2);
  CHECK(marks.front().lasting);
  CHECK(marks.front().position == ListWatch::step);
  CHECK_FALSE(marks.back().lasting);
  CHECK(marks.back().position == ListWatch::step + 11);
}

}  // namespace
}  // namespace nbcrawl
