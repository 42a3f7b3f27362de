#!/usr/bin/env python3
"""A wall clock that jumps moves no deadline, rate or retry (promise A38)."""

import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from every_kind import EveryKind
from harness import Case
from preloaded import preload


class ClockTest(Case):
    def test_every_kind_of_job_while_the_clock_jumps(self):
        environment = preload("jumping_clock", self.folder)
        with EveryKind(self.folder) as every:
            begin = time.monotonic()
            records, outcome = self.records_of("--fail", "--rate", "50", "--state", "state", *every.options, retry=1,
                                               environment=environment)
            self.assert_status(outcome, 4)
            self.assertEqual(every.found(records), list(every.expected))
            self.assertLess(time.monotonic() - begin, 10)
            for record in records:
                self.assertTrue(0 <= record["time_total"] < 5, record)


if __name__ == "__main__":
    unittest.main()
