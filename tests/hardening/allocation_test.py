#!/usr/bin/env python3
"""Memory that is not to be had: the run ends with a line that says so, never by a signal, and leaves no half file.

Allocations spread evenly over a run fail in turn; with EVERY_ALLOCATION=1 in the environment each does, which takes most of an hour:
EVERY_ALLOCATION=1 NBCRAWL=build/release/nbcrawl PRELOADED=build/release/tests/hardening python3 tests/hardening/allocation_test.py"""

import os
import re
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from every_kind import LARGE, EveryKind
from harness import Case
from preloaded import preload

SAMPLES = 30
IDLE_STEP = 40  # what a run without jobs allocates is little: with this no large set-up of a library is passed over


def each(made, step):
    """The numbers of allocations to fail: the first two, then every `step`th."""
    return [1, *range(2, made, 1 if os.environ.get("EVERY_ALLOCATION") else step)]


class AllocationTest(Case):
    def setUp(self):
        super().setUp()
        self.every = self.enterContext(EveryKind(self.folder))
        self.environment = preload("failing_allocation", self.folder)

    def run_with(self, failing, *arguments):
        self.every.forget()
        return self.fetch("--jsonl", "--fail", "-o", "out", *arguments, environment=self.environment | {"FAIL_ALLOCATION": failing}, limit=60)

    def made_by(self, *arguments):
        return int(re.search(r"allocations: (\d+)", self.run_with("count", *arguments).stderr)[1])

    def check(self, outcome, least_status):
        self.assertGreaterEqual(outcome.status, least_status, outcome.stderr)
        self.assertLess(outcome.status, 11, outcome.stderr)
        if outcome.status == 1:
            self.assertRegex(outcome.stderr, "(?m)^nbcrawl: .*memory")
        # Where one library alone was refused, its job failed, and what it failed for stands in its record.

    def test_an_allocation_that_fails(self):
        for options in ([], ["--state", "state", "--ordered"]):
            made = self.made_by(*options, *self.every.options)
            for number in each(made, made // SAMPLES):
                for failing in (f"{number}", f"{number}+"):
                    with self.subTest(options=options, failing=failing, of=made):
                        self.check(self.run_with(failing, *options, *self.every.options), least_status=1)
                        saved = self.folder / "saved/7"
                        self.assertTrue(not saved.exists() or saved.read_bytes() == LARGE)

    def test_an_allocation_that_fails_before_the_first_job(self):
        run = ["--state", "state", os.devnull]
        made = self.made_by(*run)
        for number in each(made, IDLE_STEP):
            with self.subTest(failing=number, of=made):
                self.check(self.run_with(f"{number}", *run), least_status=0)


if __name__ == "__main__":
    unittest.main()
