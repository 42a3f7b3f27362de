#!/usr/bin/env python3
"""Lists of any length, in bounded memory, and without one host holding up the rest."""

import json
import tempfile
import time
import unittest
from pathlib import Path

from harness import Case, status_of
from nginx import Nginx
from scripted_server import FullBacklog, ScriptedServer

MILLION = 1_000_000


class LongListTest(Case):
    @classmethod
    def setUpClass(cls):
        root = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="nbcrawl-pages-"))
        cls.nginx = cls.enterClassContext(Nginx(root, "location / { return 204; }", access_log=False))

    def write_list(self, name, head, count):
        """`count` URLs behind `head`, written in pieces: what this process has counts in the command's memory."""
        path = self.folder / name
        with path.open("w") as file:
            file.write(head)
            for begin in range(0, count, 10_000):
                file.write("".join(f"{self.nginx.origin}/{i}\n" for i in range(begin, min(begin + 10_000, count))))
        return path

    def test_a_million_lines_take_little_memory(self):
        jobs = self.write_list("million.txt", "", MILLION)
        begin = time.monotonic()
        outcome = self.fetch("--callback", "discard", jobs, limit=200)
        print(f"{MILLION} jobs in {time.monotonic() - begin:.1f} s, {outcome.cpu_seconds * 1e6 / MILLION:.1f} us a job, {outcome.max_rss_kib} KiB")
        self.assert_status(outcome, 0)
        self.assertIn(f"{MILLION} of {MILLION} jobs succeeded", outcome.stderr)
        self.assertLess(outcome.max_rss_kib, 64 * 1024)

    def test_a_list_far_ahead_of_the_crawl_is_not_read_into_memory(self):
        """The whole list is one host's, which answers nothing: the list is read as far as the look-ahead goes."""
        with FullBacklog() as hole:
            jobs = self.folder / "hole.txt"
            with jobs.open("w") as file:
                for begin in range(0, MILLION, 10_000):
                    file.write("".join(f"http://127.0.0.1:{hole.port}/{i}\n" for i in range(begin, begin + 10_000)))
            with jobs.open("rb") as stdin:
                command = self.start_fetch("--connect-timeout", "1s", "-", stdin=stdin)
                while stdin.seek(0, 1) == 0:  # the offset is shared: what the command has read
                    time.sleep(0.01)
                read = -1
                while read != (read := stdin.seek(0, 1)):
                    time.sleep(0.2)
                self.assertLess(read, 2_000_000)
                self.assertLess(status_of(command.pid, "VmHWM"), 64 * 1024)
                command.process.terminate()
                command.process.terminate()
                command.finish()

    def test_jobs_with_large_bodies_wait_in_bounded_memory(self):
        with FullBacklog() as hole:
            jobs = self.folder / "large.ndjson"
            with jobs.open("w") as file:
                for i in range(200):
                    file.write(json.dumps({"url": f"http://127.0.0.1:{hole.port}/{i}", "body": "x" * 1_000_000}) + "\n")
            outcome = self.fetch("-s", "-P", "100", "--per-host", "1", "--connect-timeout", "1s", "--max-errors", "2", jobs)
        self.assert_status(outcome, 10)
        self.assertLess(outcome.max_rss_kib, 64 * 1024)

    def test_ten_thousand_urls_of_a_host_that_stalls_do_not_hold_up_the_rest(self):
        with ScriptedServer({f"/{i}": lambda c, r: c.stall() for i in range(10_000)}, ip="127.0.0.2") as dead:
            head = "".join(dead.url(f"/{i}") + "\n" for i in range(10_000))
            jobs = self.write_list("list.txt", head, 500)
            command = self.start_fetch("--jsonl", "--fields", "status", "--max-time", "60s", jobs, read_stdout=False)
            begin = time.monotonic()
            for _ in range(500):
                self.assertEqual(command.process.stdout.readline(), b'{"status":204}\n')
            self.assertLess(time.monotonic() - begin, 30)
            command.process.kill()
            command.finish()

    def test_ten_thousand_urls_of_a_host_that_takes_no_connection_do_not_hold_up_the_rest(self):
        with FullBacklog("127.0.0.2") as hole:
            head = "".join(f"http://127.0.0.2:{hole.port}/{i}\n" for i in range(10_000))
            jobs = self.write_list("list.txt", head, 500)
            command = self.start_fetch("--jsonl", "--fields", "status", "--connect-timeout", "60s", jobs, read_stdout=False)
            begin = time.monotonic()
            for _ in range(500):
                self.assertEqual(command.process.stdout.readline(), b'{"status":204}\n')
            self.assertLess(time.monotonic() - begin, 30)
            command.process.kill()
            command.finish()

    def test_a_host_that_refuses_connections_ends_its_jobs_quickly(self):
        with ScriptedServer(ip="127.0.0.2") as closed:
            pass
        head = "".join(f"http://127.0.0.2:{closed.port}/{i}\n" for i in range(10_000))
        outcome = self.fetch("-s", self.write_list("list.txt", head, 100), limit=60)
        self.assert_status(outcome, 4)
        self.assertEqual(outcome.stderr, "")


if __name__ == "__main__":
    unittest.main()
