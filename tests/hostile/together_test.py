#!/usr/bin/env python3
"""All misbehaviours at once beside 600 good jobs, under each multiplexer: every good page arrives intact and every bad
one fails with its own code (promises A9 to A15)."""

import itertools
import json
import unittest

from hostile_case import HostileCase
from http2_peer import Http2Server
from scripted_server import ScriptedServer, response
from table import ROWS

GOOD_JOBS = 600


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
        plain = self.enterContext(ScriptedServer({f"/good/{i}": good_page(i) for i in range(GOOD_JOBS)}))
        http2 = self.enterContext(Http2Server({f"/good/{i}": good_body(i) for i in range(GOOD_JOBS)}, certificate=self.certificate))
        bad_jobs = [servers.job(row) for row in ROWS]
        good_jobs = [json.dumps({"url": server.url(f"/good/{i}"), "id": f"good-{i}"}) + "\n"
                     for i, server in zip(range(GOOD_JOBS), itertools.cycle([plain, http2]))]
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
            self.assertEqual(record["http_version"], "2" if i % 2 else "1.1")
            self.assertTrue(record["body"] == good_body(i).decode(), f"body of page {i} differs")

    def test_under_select(self):
        self.run_beside_good_jobs("select")

    def test_under_poll(self):
        self.run_beside_good_jobs("poll")

    def test_under_epoll(self):
        self.run_beside_good_jobs("epoll")


if __name__ == "__main__":
    unittest.main()
