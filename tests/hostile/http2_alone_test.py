#!/usr/bin/env python3
"""As alone_test.py: each group of what HTTP/2 servers do wrong (promises A13 to A15)."""

import unittest

from hostile_case import HostileCase


class Http2AloneTest(HostileCase):
    def test_frames(self):
        self.run_group("http2 frames")

    def test_frames_byte_for_byte(self):
        self.run_group("http2 frames", piece=1)

    def test_endings(self):
        self.run_group("http2 endings")

    def test_stalls_cost_next_to_no_time(self):
        self.check_stalls("http2 stalls")

    def test_floods(self):
        self.check_endless("http2 floods")


if __name__ == "__main__":
    unittest.main()
