#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "nbcrawl/error.hpp"

namespace nbcrawl {

/// A program to be started. No string may contain NUL.
struct Program {
  std::string path;                           ///< of the file; no PATH is searched
  std::vector<std::string> arguments;         ///< argv, [0] included
  std::vector<std::string> environment = {};  ///< "NAME=value", beside this process's own and in place of what it has
};

/// What the program finds as its standard input, output and error. Borrowed.
struct StandardDescriptors {
  int input;
  int output;
  int error;
};

/// Starts the program as a child of this thread, and returns when it runs: in a process group of its own, whose number
/// is the child's; without any other descriptor of ours; no signal blocked, those that we handle and SIGPIPE and
/// SIGXFSZ, which we ignore, as they are by default. The kernel kills it (SIGKILL) when this thread ends.
///
/// Errors: out_of_descriptors never; system_failed, with sys_errno EAGAIN or ENOMEM where the system has no room for
/// another process now, ENOENT, EACCES, E2BIG, ... where it will not run this one.
Result<pid_t> spawn(const Program& program, StandardDescriptors descriptors);

}  // namespace nbcrawl
