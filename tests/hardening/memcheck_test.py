#!/usr/bin/env python3
"""A list of every kind under valgrind: no use of memory that is not there or not set, and nothing lost."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from every_kind import EveryKind
from harness import Case

# Blocks that something still points to at the end are tables that libraries keep for the life of the process.
MEMCHECK = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect,possible",
            "--show-leak-kinds=definite,indirect,possible", "--track-fds=no", "--child-silent-after-fork=yes"]


class MemcheckTest(Case):
    def test_every_kind_of_job(self):
        with EveryKind(self.folder, commands=False) as every:
            patience = ["--connect-timeout", "100s", "-m", "200s"]  # valgrind on a busy machine has its time
            records, outcome = self.records_of("--fail", "--state", "state", "--log-file", "log", *every.options, *patience,
                                               under=MEMCHECK, limit=250)
            self.assert_status(outcome, 4)
            self.assertEqual(every.found(records), list(every.expected))


if __name__ == "__main__":
    unittest.main()
