#include "base/available_memory.hpp"

#include <unistd.h>

#include "catch2_shim.hpp"
#include "temporary_folder.hpp"

using namespace nbcrawl;

namespace {

struct Machine {
  explicit Machine(const std::string& groups) { write("proc/self/cgroup", groups); }
  void write(const std::string& path, const std::string& text) const { root.write(path, text); }
  [[nodiscard]] std::uint64_t available() const { return available_memory(root.path()); }

  TemporaryFolder root;
};

const std::uint64_t whole =
    static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));

}  // namespace

TEST_CASE("where no group has a limit, the machine's memory is available") {
  CHECK(Machine("").available() == whole);
  CHECK(Machine("no group at all\n0::/a/b\n").available() == whole);
  Machine machine("0::/a\n");
  machine.write("sys/fs/cgroup/a/memory.max", "max\n");
  CHECK(machine.available() == whole);
  machine.write("sys/fs/cgroup/a/memory.max", "9223372036854771712\n");
  CHECK(machine.available() == whole);
}

TEST_CASE("the least limit of the group and those above it counts") {
  Machine machine("0::/a/b\n");
  machine.write("sys/fs/cgroup/memory.max", "3000000\n");
  CHECK(machine.available() == 3'000'000);
  machine.write("sys/fs/cgroup/a/memory.max", "1000000\n");
  machine.write("sys/fs/cgroup/a/b/memory.max", "2000000\n");
  machine.write("sys/fs/cgroup/c/memory.max", "1\n");
  CHECK(machine.available() == 1'000'000);
}

TEST_CASE("so it does with control groups of version 1") {
  Machine machine("5:cpu:/x\n4:memory:/a\n0::/\n");
  machine.write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "2000000\n");
  machine.write("sys/fs/cgroup/cpu/x/memory.limit_in_bytes", "1\n");
  CHECK(machine.available() == 2'000'000);
}
