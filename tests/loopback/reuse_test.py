#!/usr/bin/env python3
"""Connections are used again: a host's jobs follow one another on the connection it has, wherever they stand in the list."""

import random
import unittest

from harness import Case
from nginx import Nginx

HOSTS = 200
JOBS_OF_EACH = 4
CONCURRENCY = 32


class ReuseTest(Case):
    def connections(self, order, *options):
        """How many the server had when all jobs were done."""
        (self.folder / "page.html").write_text("<p>page")
        jobs = [(host, turn) for turn in range(JOBS_OF_EACH) for host in range(HOSTS)]
        order(jobs)
        with Nginx(self.folder, ip="0.0.0.0") as server:
            urls = "".join(f"http://127.2.0.{host + 1}:{server.port}/page.html?{turn}\n" for host, turn in jobs)
            outcome = self.fetch("-P", CONCURRENCY, *options, self.write("urls", urls))
            self.assert_status(outcome, 0)
            requests = server.requests(at_least=len(jobs))
            self.assertEqual(len(requests), len(jobs))
            return len({connection for connection, *_ in requests})

    def test_hosts_in_turn(self):
        self.assertEqual(self.connections(lambda jobs: None), HOSTS)

    def test_host_by_host(self):
        self.assertEqual(self.connections(lambda jobs: jobs.sort()), HOSTS)

    def test_in_no_order(self):
        self.assertEqual(self.connections(random.Random(1).shuffle), HOSTS)


if __name__ == "__main__":
    unittest.main()
