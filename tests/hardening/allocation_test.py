#!/usr/bin/env python3
"""Memory that is not to be had: the run ends with a line that says so, never by a signal, and leaves no half file."""

import os
import random
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from every_kind import LARGE, EveryKind
from harness import Case

SAMPLES = 60


class AllocationTest(Case):
    def setUp(self):
        super().setUp()
        self.every = self.enterContext(EveryKind(self.folder))

    def run_with(self, failing, *options):
        self.every.forget()
        environment = {"LD_PRELOAD": os.path.join(os.environ["PRELOADED"], "failing_allocation.so"), "FAIL_ALLOCATION": failing}
        return self.fetch("--jsonl", "--fail", "-o", "out", *options, *self.every.options, environment=environment, limit=10)

    def check(self, failing, *options):
        outcome = self.run_with(failing, *options)
        self.assertGreater(outcome.status, 0, outcome.stderr)
        self.assertLess(outcome.status, 11, outcome.stderr)
        saved = self.folder / "saved/7"
        self.assertTrue(not saved.exists() or saved.read_bytes() == LARGE)
        if outcome.status == 1:
            self.assertRegex(outcome.stderr, "(?m)^nbcrawl: .*memory")
        # Where one library alone was refused, its job failed, and what it failed for stands in its record.
        return outcome

    def test_an_allocation_that_fails(self):
        for options in ([], ["--state", "state", "--ordered"]):
            made = int(re.search(r"allocations: (\d+)", self.run_with("count", *options).stderr)[1])
            for number in sorted({1, 2, *random.sample(range(3, made), SAMPLES // 2)}):
                for failing in (f"{number}", f"{number}+"):
                    with self.subTest(options=options, failing=failing, of=made):
                        self.check(failing, *options)


if __name__ == "__main__":
    unittest.main()
