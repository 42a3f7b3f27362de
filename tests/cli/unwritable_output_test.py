#!/usr/bin/env python3
"""Results that cannot be written end the run with status 3 and a line that names the place and the cause (promise A27)."""

import json
import os
import signal
import sys
import unittest
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import PIPE, Case, wait_until_signal_is_taken
from readable import wait_readable
from scripted_server import ScriptedServer, response


class UnwritableOutputTest(Case):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer({"/large": self.large}))

    @staticmethod
    def large(connection, request):
        connection.send(response(b"x" * 1_000_000))
        return True

    def assert_told(self, outcome, said):
        self.assert_status(outcome, 3)
        self.assertIn(said, outcome.stderr)
        self.assertEqual(outcome.stderr.count(said), 1)

    def test_a_full_disk(self):
        for count in (1, 200):
            urls = [self.server.url("/large")] * count
            self.assert_told(self.fetch("-o", "/dev/full", *urls), "can't write /dev/full: No space left on device")
            with open("/dev/full", "wb") as full:
                outcome = self.start_fetch(*urls, stdout=full).finish()
            self.assert_told(outcome, "can't write standard output: No space left on device")
        self.assertLess(len(self.server.requests), 400, "the run must end when nothing can be written any more")

    def test_a_full_disk_is_found_out_by_the_last_small_write_too(self):
        self.assert_told(self.fetch("-o", "/dev/full", self.server.url("/1")), "can't write /dev/full: No space left on device")

    def test_the_summary_does_not_boast_of_results_that_are_lost(self):
        outcome = self.fetch("-o", "/dev/full", "-P", 1, *[self.server.url("/large")] * 5)
        self.assertIn("; not all results are written", outcome.stderr)
        self.assertNotIn("5 of 5 jobs succeeded", outcome.stderr)

    def test_a_log_that_cannot_be_written_is_told_and_the_run_goes_on(self):
        os.mkfifo(self.folder / "fifo")
        outcome = self.fetch("--log-file", "/dev/full", self.server.url("/1"))
        self.assert_told(outcome, "can't write the log file /dev/full: No space left on device")
        self.assertEqual(outcome.text, "/1")
        for path, cause in (("none/log", "No such file or directory"), (".", "Is a directory"), ("fifo", "No such device or address")):
            outcome = self.fetch("--log-file", path, self.server.url("/never"))
            self.assert_told(outcome, f"can't open the log file {path}: {cause}")
        self.assertFalse((self.folder / "none").exists())
        self.assertEqual(self.server.paths(), ["/1"])

    def test_times_of_a_log_are_utc(self):
        before = datetime.now(UTC).replace(microsecond=0)
        self.fetch("--log-file", "log", self.server.url("/1"), environment={"TZ": "XXX-9"})
        for line in (self.folder / "log").read_text().splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z debug ")
            self.assertTrue(before <= datetime.fromisoformat(line.split()[0]) <= datetime.now(UTC), line)

    def test_places_where_no_file_can_be(self):
        self.write("file", "")
        for options, said in (
            (["-o", "none/out"], "can't write none/out: No such file or directory"),
            (["-o", "."], "can't write .: Is a directory"),
            (["-o", "file/out"], "can't write file/out: Not a directory"),
            (["--output-dir", "file"], "file: Not a directory"),
            (["--output-dir", "file/below"], "Not a directory"),
            (["--output-dir", "/proc/none"], "/proc/none"),
        ):
            with self.subTest(options=options):
                self.assert_told(self.fetch(*options, self.server.url("/never")), said)
        self.assertEqual(self.server.requests, [])

    def test_a_fifo_that_nobody_reads_does_not_hang(self):
        os.mkfifo(self.folder / "fifo")
        self.assert_told(self.fetch("-o", "fifo", self.server.url("/never")), "fifo: No such device or address")

    def test_a_closed_standard_output(self):
        outcome = self.fetch(self.server.url("/never"), redirect=">&-")
        self.assert_told(outcome, "can't write standard output: Bad file descriptor")
        self.assertEqual(self.server.requests, [])

    def test_a_closed_standard_output_is_not_taken_by_another_file(self):
        outcome = self.fetch("--log-file", "log", self.server.url("/1"), redirect=">&-")
        self.assert_told(outcome, "can't write standard output: Bad file descriptor")
        outcome = self.fetch("-o", "out", "--log-file", "log", self.server.url("/1"), redirect=">&-")
        self.assert_status(outcome, 0)
        self.assertEqual((self.folder / "out").read_text(), "/1")

    def test_a_closed_standard_error_does_not_send_messages_elsewhere(self):
        jobs = [{"url": self.server.url(f"/{i}")} for i in range(20)] + [{"url": "http://127.0.0.1:1/"}] * 20
        outcome = self.fetch("-P", 1, "-o", "out", self.write("jobs.json", json.dumps(jobs)), redirect="2>&-")
        self.assert_status(outcome, 4)
        self.assertEqual((self.folder / "out").read_text(), "".join(f"/{i}" for i in range(20)))
        self.assertEqual(sorted(self.server.paths()), sorted(f"/{i}" for i in range(20)))

    def test_a_closed_standard_input(self):
        outcome = self.fetch("-", redirect="<&-")
        self.assert_status(outcome, 2)
        self.assertIn("can't read standard input: Bad file descriptor", outcome.stderr)
        outcome = self.fetch(self.server.url("/1"), redirect="<&-")
        self.assert_status(outcome, 0)

    def test_a_reader_that_goes_away_ends_the_run(self):
        urls = self.write("list.txt", f"{self.server.url('/large')}\n" * 1000)
        command = self.start_fetch(urls, read_stdout=False)
        self.assertEqual(command.process.stdout.read(10), b"x" * 10)
        command.process.stdout.close()
        outcome = command.finish()
        self.assert_told(outcome, "can't write standard output: Broken pipe")
        self.assertLess(len(self.server.requests), 200)

    def test_a_run_that_is_stopped_before_its_reader_has_taken_all_says_so(self):
        urls = self.write("list.txt", f"{self.server.url('/large')}\n" * 12)
        command = self.start_fetch("--jsonl", urls, read_stdout=False)
        self.server.wait_for(lambda: len(self.server.requests) > 2)
        self.server.wait_until_quiet(0.3)
        for number in (signal.SIGTERM, signal.SIGINT):
            os.kill(command.pid, number)
            wait_until_signal_is_taken(command.pid, number)
        outcome = command.finish(10)
        self.assert_told(outcome, "can't write standard output: its reader has not taken all of it before the run was stopped")
        self.assertIn("; not all results are written", outcome.stderr)

    def test_an_error_that_ends_the_run_cuts_no_record_of_a_slow_reader(self):
        for options in ((), ("--state", "state")):
            with self.subTest(options=options):
                self.server.requests.clear()
                command = self.start_fetch("--jsonl", *options, "-", stdin=PIPE, read_stdout=False)
                command.process.stdin.write(f"{self.server.url('/large')}\n".encode())
                command.process.stdin.flush()
                self.server.wait_for(lambda: self.server.requests)
                self.server.wait_until_quiet(0.3)
                command.process.stdin.write(b"no URL\n")
                command.process.stdin.close()
                ended = os.pidfd_open(command.pid)
                self.addCleanup(os.close, ended)
                self.assertFalse(wait_readable(ended, seconds=0.3), "it waits for its reader")
                record = json.loads(command.process.stdout.read())
                self.assertEqual(len(record["body"]), 1_000_000)
                self.assert_status(command.finish(), 2)

    def test_a_reader_that_goes_away_while_nothing_is_written_does_not_make_the_loop_spin(self):
        command = self.start_fetch("-", stdin=PIPE, read_stdout=False)
        command.process.stdin.write(f"{self.server.url('/1')}\n".encode())
        command.process.stdin.flush()
        self.assertEqual(command.process.stdout.read(2), b"/1")
        command.process.stdout.close()
        self.server.wait_until_quiet(0.7)
        command.process.stdin.close()
        self.assertLess(command.finish().cpu_seconds, 0.3)

    def test_a_file_of_save_that_cannot_be_written_fails_its_job_alone(self):
        self.write("file", "")
        (self.folder / "folder").mkdir()
        jobs = [{"url": self.server.url("/1"), "callback": f"save:{name}"} for name in ("file/below", "folder", "good")]
        records, outcome = self.records_of("-P", 1, self.write("jobs.json", json.dumps(jobs)))
        self.assert_status(outcome, 3)
        self.assertEqual([record.get("error") for record in records], ["output_failed", "output_failed", None])
        self.assertIn("./file", records[0]["error_detail"])
        self.assertEqual((self.folder / "good").read_text(), "/1")


if __name__ == "__main__":
    unittest.main()
