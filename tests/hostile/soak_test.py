#!/usr/bin/env python3
"""tests/soak works: a run of a few seconds has every page whole, and what grows is found (promise A43)."""

import csv
import importlib.machinery
import importlib.util
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import need_descriptors

SCRIPT = Path(__file__).resolve().parents[1] / "soak"


def load(path):
    loader = importlib.machinery.SourceFileLoader("soak", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("soak", loader))
    sys.modules["soak"] = module
    loader.exec_module(module)
    return module


soak = load(SCRIPT)


def verdicts(rss_kib=lambda t: 40_000, descriptors=lambda t: 50, jobs=lambda t: 500 * t, cpu_seconds=lambda t: 0.1 * t):
    """Of a run of 100 s whose samples are these: the names of the measures that do not hold."""
    samples = [soak.Sample(t, rss_kib(t), descriptors(t), jobs(t), cpu_seconds(t)) for t in range(1, 101)]
    return [measure.name for measure in soak.measures_of(samples) if not measure.holds()]


class SoakTest(unittest.TestCase):
    def test_a_few_seconds_have_every_page_whole_and_every_second_sampled(self):
        need_descriptors(4096)
        with tempfile.TemporaryDirectory() as folder:
            samples = Path(folder) / "samples.csv"
            outcome = subprocess.run([SCRIPT, "0.1", "--rate", "200", "--csv", samples], capture_output=True, text=True, timeout=120)
            self.assertIn(" 0 faults;", outcome.stdout, outcome.stderr)
            self.assertIn(outcome.returncode, (0, 1))  # whether it is flat, so short a run can't tell
            with open(samples) as file:
                rows = list(csv.DictReader(file))
        self.assertGreaterEqual(len(rows), 3)
        self.assertGreater(int(rows[-1]["jobs"]), 200)
        self.assertGreater(int(rows[-1]["rss_kib"]), 1000)

    def test_what_stays_as_it_is_holds(self):
        self.assertEqual(verdicts(), [])

    def test_what_comes_and_goes_holds(self):
        self.assertEqual(verdicts(rss_kib=lambda t: 40_000 + t % 7 * 500, descriptors=lambda t: 50 + t % 5), [])

    def test_a_leak_of_memory_is_found(self):
        self.assertEqual(verdicts(rss_kib=lambda t: 40_000 + 10 * t), ["resident memory, KiB"])

    def test_a_leak_of_descriptors_is_found(self):
        self.assertEqual(verdicts(descriptors=lambda t: 50 + t // 5), ["descriptors"])
        self.assertEqual(soak.left_over([7, 8]), ["descriptors are left: at rest it has 8, and had 7 after the warm-up"])
        self.assertEqual(soak.left_over([7, 7]) + soak.left_over([]), [])

    def test_a_throughput_that_falls_is_found(self):
        self.assertEqual(verdicts(jobs=lambda t: 500 * t - 0.2 * t * t), ["jobs a second"])

    def test_a_cost_that_rises_is_found(self):
        self.assertEqual(verdicts(cpu_seconds=lambda t: 0.1 * t + 0.0002 * t * t), ["processor time a job, µs"])

    def test_faults_are_told_apart(self):
        expectations = soak.Expectations(most=10)
        expectations.add("1", "digest")
        expectations.add("row 2", ("timeout",))
        expectations.add("3", "digest")
        for record in ({"id": "1", "ok": True, "body_sha256": "digest"}, {"id": "row 2", "ok": False, "error": "timeout"}):
            expectations.check(record)
        self.assertEqual((expectations.faults, expectations.good, expectations.hostile), ([], 1, 1))
        expectations.check({"id": "1", "ok": True, "body_sha256": "digest"})
        expectations.check({"id": "3", "ok": True, "body_sha256": "other"})
        self.assertEqual(len(expectations.faults), 2)
        self.assertEqual(expectations.unanswered(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
