"""Runs rows of the table and holds each outcome against what it promises."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from certificates import Authority
from harness import Case
from hostile_servers import HostileServers
from table import GROUPS

MAX_TIME = 60        # seconds, of jobs without a deadline of their own; a flood takes one to end, and on a busy machine thirty
MAX_RSS_KIB = 128 * 1024
OPTIONS = ["--jsonl", "--max-time", f"{MAX_TIME}s", "--max-filesize", "1M", "--max-header-size", "64K", "-P", "1024", "--per-host", "1024"]


class HostileCase(Case):
    def setUp(self):
        super().setUp()
        self.ca = Authority(self.folder)
        self.certificate = self.ca.issue("server", names="IP:127.0.0.1")

    def serve(self, rows, piece=None):
        return self.enterContext(HostileServers(rows, self.certificate, piece))

    def run_jobs(self, lines, *options):
        """The records by id, the outcome, and the seconds it took."""
        begin = time.monotonic()
        outcome = self.fetch(*OPTIONS, *options, "--cacert", self.ca.certificate, self.write("jobs.ndjson", "".join(lines)), limit=150)
        elapsed = time.monotonic() - begin
        records = {record["id"]: record for record in outcome.records}
        self.assertEqual(len(records), len(outcome.records), "a job has two records")
        return records, outcome, elapsed

    def check(self, rows, records, outcome):
        """Each row ended as the table says, in time but for what a busy machine took, and was told on standard error; all of them
        in bounded memory."""
        for row in rows:
            with self.subTest(row.name):
                record = records[row.name]
                self.assertLessEqual(record["time_total"], row.job.get("timeout", MAX_TIME) + 1 + outcome.starved_seconds)
                if row.error is None:
                    self.assertTrue(record["ok"], record.get("error_detail"))
                    self.assertEqual(record.get("body", ""), row.body)
                    continue
                allowed = row.error if isinstance(row.error, tuple) else (row.error,)
                self.assertFalse(record["ok"], record)
                self.assertIn(record["error"], allowed, record["error_detail"])
                told = [line for line in outcome.complaints if f"/{row.name}:" in line and line.endswith(f"({record['error']})")]
                self.assertEqual(len(told), 1, outcome.stderr)
        with self.subTest("memory"):
            self.assertLess(outcome.max_rss_kib, MAX_RSS_KIB)

    # A group of the table in a run of its own.

    def run_group(self, group, piece=None):
        rows = GROUPS[group]
        servers = self.serve(rows, piece)
        records, outcome, elapsed = self.run_jobs(servers.job(row) for row in rows)
        self.assertEqual(len(records), len(rows))
        self.check(rows, records, outcome)
        self.assertEqual(len(outcome.complaints), sum(row.error is not None for row in rows), outcome.stderr)
        return outcome, elapsed

    def check_endless(self, group):
        outcome, _ = self.run_group(group)
        self.assertLess(outcome.cpu_seconds, 5)

    def check_stalls(self, group):
        outcome, elapsed = self.run_group(group)
        self.assertLess(outcome.cpu_seconds / elapsed, 0.1)  # a loop that spins takes all of it; sanitizers some
        # The deadline of all, what it may be late, and start and end of the process.
        self.assertLess(elapsed, 2 + 1 + 1 + outcome.starved_seconds)
