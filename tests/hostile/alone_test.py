#!/usr/bin/env python3
"""Each group of misbehaviours in a run of its own: the right code for each, one line for each on standard error, within
the deadline and in bounded memory (promises A2, A7, A9 to A14)."""

import unittest

from hostile_case import HostileCase
from table import ROWS


class AloneTest(HostileCase):
    def test_the_table_is_long(self):
        self.assertGreaterEqual(len(ROWS), 500)

    def test_framing(self):
        self.run_group("framing")

    def test_framing_byte_for_byte(self):
        self.run_group("framing", piece=1)

    def test_endings(self):
        self.run_group("endings")

    def test_endings_byte_for_byte(self):
        self.run_group("endings", piece=1)

    def test_stalls_cost_next_to_no_time(self):
        self.check_stalls("stalls")

    def test_endless(self):
        self.check_endless("endless")

    def test_codings(self):
        self.run_group("codings")

    def test_redirects(self):
        self.run_group("redirects")

    def test_tls(self):
        self.run_group("tls")


if __name__ == "__main__":
    unittest.main()
