#include "cli/out_of_memory.hpp"

#include <unistd.h>

#include <new>
#include <string_view>

#include "crawl/exit_status.hpp"

namespace nbcrawl {

namespace {

[[noreturn]] void say_so_and_exit() {
  constexpr std::string_view said = "nbcrawl: out of memory; results that were not written yet are lost\n";
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, said.data(), said.size());
  ::_exit(exit_status::other_failure);
}

}  // namespace

void exit_when_out_of_memory() { std::set_new_handler(say_so_and_exit); }

}  // namespace nbcrawl
