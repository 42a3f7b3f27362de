#!/usr/bin/env python3
"""All misbehaviours at once beside 500 good jobs, under each multiplexer: every good page arrives intact and every bad
one fails with its own code (promises A9 to A14)."""

import json
import unittest

from hostile_case import HostileCase
from scripted_server import ScriptedServer, response
from table import ROWS

GOOD_JOBS = 500


def good_body(i):
    """Sizes from one byte to 60 KiB, each with bytes of its own, so that a mix of two shows."""
    return f"{i}:".encode() + bytes(33 + (i * 7 + k) % 90 for k in range(257)) * ((i * 37) % 240)


def good_page(i):
    def script(connection, request):
        connection.send(response(good_body(i)))
        return True

    return script


class TogetherTest(HostileCase):
    def run_beside_good_jobs(self, multiplexer):
        servers = self.serve(ROWS)
        good = self.enterContext(ScriptedServer({f"/good/{i}": good_page(i) for i in range(GOOD_JOBS)}))
        bad_jobs = [servers.job(row) for row in ROWS]
        good_jobs = [json.dumps({"url": good.url(f"/good/{i}"), "id": f"good-{i}"}) + "\n" for i in range(GOOD_JOBS)]
        jobs = []
        for i, job in enumerate(good_jobs):
            jobs += [*bad_jobs[i:i + 1], job]
        self.assertLess(len(bad_jobs), GOOD_JOBS)
        records, outcome, _ = self.run_jobs(jobs, "--multiplexer", multiplexer)
        self.assertEqual(len(records), len(jobs))
        self.check(ROWS, records, outcome)
        for i in range(GOOD_JOBS):
            record = records[f"good-{i}"]
            self.assertTrue(record["ok"], record)
            self.assertTrue(record["body"] == good_body(i).decode(), f"body of page {i} differs")

    def test_under_select(self):
        self.run_beside_good_jobs("select")

    def test_under_poll(self):
        self.run_beside_good_jobs("poll")

    def test_under_epoll(self):
        self.run_beside_good_jobs("epoll")


if __name__ == "__main__":
    unittest.main()
