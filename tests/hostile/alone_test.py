#!/usr/bin/env python3
"""Each group of misbehaviours in a run of its own: the right code for each, one line for each on standard error, within
the deadline and in bounded memory (promises A2, A7, A9 to A14)."""

import unittest

from hostile_case import HostileCase
from table import GROUPS, ROWS


class AloneTest(HostileCase):
    def run_group(self, group, piece=None):
        rows = GROUPS[group]
        servers = self.serve(rows, piece)
        records, outcome, elapsed = self.run_jobs(servers.job(row) for row in rows)
        self.assertEqual(len(records), len(rows))
        self.check(rows, records, outcome)
        self.assertEqual(len(outcome.complaints), sum(row.error is not None for row in rows), outcome.stderr)
        return outcome, elapsed

    def test_the_table_is_long(self):
        self.assertGreaterEqual(len(ROWS), 120)

    def test_framing(self):
        self.run_group("framing")

    def test_framing_byte_for_byte(self):
        self.run_group("framing", piece=1)

    def test_endings(self):
        self.run_group("endings")

    def test_endings_byte_for_byte(self):
        self.run_group("endings", piece=1)

    def test_stalls_cost_next_to_no_time(self):
        outcome, elapsed = self.run_group("stalls")
        self.assertLess(outcome.cpu_seconds / elapsed, 0.05)
        self.assertLess(elapsed, 2 + 1 + 1)  # the deadline of all, what it may be late, and start and end of the process

    def test_endless(self):
        self.run_group("endless")

    def test_codings(self):
        self.run_group("codings")

    def test_redirects(self):
        self.run_group("redirects")

    def test_tls(self):
        self.run_group("tls")


if __name__ == "__main__":
    unittest.main()
