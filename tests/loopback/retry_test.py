#!/usr/bin/env python3
"""Retries, Retry-After, rates and gaps. The server's own clock is the witness."""

import json
import os
import signal
import threading
import time
import unittest
from email.utils import formatdate

from harness import Case
from scripted_server import ScriptedServer, response


class Failing:
    """Answers the first `times` requests of each path with `bad`, or what that gives when it is called, then well; notes when each
    came."""

    def __init__(self, times, bad):
        self.times, self.bad = times, bad
        self.seen, self.at = {}, []
        self._lock = threading.Lock()

    def __call__(self, connection):
        while True:
            request = connection.read_request()
            with self._lock:
                self.at.append((time.monotonic(), request.path))
                count = self.seen[request.path] = self.seen.get(request.path, 0) + 1
            if count > self.times:
                connection.send(response(request.path.encode()))
            elif self.bad is None:
                connection.reset()
            else:
                connection.send(self.bad() if callable(self.bad) else self.bad)

    def gaps(self):
        moments = [moment for moment, _ in self.at]
        return [later - earlier for earlier, later in zip(moments, moments[1:])]


def busy(*fields, status=503):
    return response(b"later", *fields, status=f"{status} Busy")


class RetryTest(Case):
    def serve(self, failing):
        return self.enterContext(ScriptedServer(on_connect=failing))

    def test_failures_are_tried_again_and_counted(self):
        for bad in (None, busy(), busy(status=500), busy(status=429)):
            with self.subTest(bad=bad):
                server = self.serve(Failing(2, bad))
                records, outcome = self.records_of(server.url("/a"), retry=2)
                self.assert_status(outcome, 0)
                self.assertEqual((records[0]["body"], records[0]["num_retries"]), ("/a", 2))

    def test_when_tries_are_used_up_the_last_answer_stands(self):
        server = self.serve(Failing(99, busy()))
        records, outcome = self.records_of(server.url("/a"), retry=1)
        self.assert_status(outcome, 0)
        self.assertEqual((records[0]["status"], records[0]["body"], records[0]["num_retries"]), (503, "later", 1))
        self.assertEqual(len(server.requests), 2)
        records, outcome = self.records_of("--fail", server.url("/b"))
        self.assert_status(outcome, 8)
        server = self.serve(Failing(99, None))
        records, outcome = self.records_of(server.url("/a"), retry=1)
        self.assert_status(outcome, 4)
        self.assertEqual((records[0]["error"], records[0]["num_retries"]), ("connection_reset", 1))

    def test_what_is_no_passing_failure_is_not_tried_again(self):
        for status in (400, 401, 403, 404, 410, 501):
            server = self.serve(Failing(99, busy(status=status)))
            self.records_of(server.url("/a"), retry=2)
            self.assertEqual(len(server.requests), 1, status)

    def test_only_methods_that_may_be_repeated_are(self):
        server = self.serve(Failing(99, busy()))
        jobs = self.write("jobs.json", json.dumps([{"url": server.url("/a"), "method": "POST", "body": "x"}]))
        records, _ = self.records_of(jobs, retry=2)
        self.assertEqual(records[0]["num_retries"], 0)
        self.assertEqual(len(server.requests), 1)

    def test_statuses_can_be_chosen(self):
        server = self.serve(Failing(1, busy(status=404)))
        records, _ = self.records_of("--retry-on-http-error", "404,418", server.url("/a"), retry=2)
        self.assertEqual(records[0]["status"], 200)

    def test_retry_after_holds_the_whole_host(self):
        for value in (lambda: "1", lambda: formatdate(time.time() + 2, usegmt=True)):
            with self.subTest(value=value()):
                failing = Failing(1, lambda value=value: busy("Retry-After: " + value()))
                server = self.serve(failing)
                jobs = self.write("jobs.txt", "".join(server.url(f"/{i}") + "\n" for i in range(3)))
                records, outcome = self.records_of("-P", "1", jobs, retry=5)
                self.assert_status(outcome, 0)
                self.assertEqual([record["status"] for record in records], [200, 200, 200])
                # Each page is refused once, and each refusal keeps every other page of the host away.
                self.assertGreaterEqual(failing.gaps()[0], 0.95)

    def test_it_is_held_also_where_the_job_is_not_tried_again(self):
        for status, *options in ((429, "--retry", "0"), (503, "--retry", "2", "-X", "POST")):
            with self.subTest(status=status, options=options):
                failing = Failing(1, busy("Retry-After: 1", status=status))
                server = self.serve(failing)
                failing.seen = {"/1": 1, "/2": 1}  # only the first page is refused
                outcome = self.run_command("fetch", "-v", "-P", "1", *options, *(server.url(f"/{i}") for i in range(3)))
                self.assertIn("3 of 3 jobs succeeded", outcome.stderr)
                self.assertIn("127.0.0.1: left alone for 1 s (Retry-After)", outcome.stderr)
                self.assertGreaterEqual(failing.gaps()[0], 0.95)

    def test_too_much_patience_is_cut_and_not_passed_over(self):
        server = self.serve(Failing(1, busy("Retry-After: 400")))
        command = self.start_fetch("-P", "1", server.url("/a"), server.url("/b"), retry=2)
        server.wait_for(lambda: server.requests)
        server.wait_until_quiet(0.5)
        self.assertEqual(len(server.requests), 1)
        os.kill(command.pid, signal.SIGINT)
        self.assertIn("1 of 1 jobs succeeded", command.finish(5).stderr)

    def test_a_host_that_asks_for_too_much_patience_is_left(self):
        server = self.serve(Failing(1, busy("Retry-After: 86400")))
        records, outcome = self.records_of(server.url("/a"), retry=2)
        self.assertEqual((records[0]["status"], records[0]["num_retries"]), (503, 0))

    def test_nor_is_it_waited_for_where_the_response_failed(self):
        def cut(connection, request):
            connection.send("HTTP/1.1 200 OK\r\nRetry-After: 86400\r\nContent-Length: 100\r\n\r\nabc")

        server = self.enterContext(ScriptedServer({"/": cut, "/other": response(b"ok")}))
        outcome = self.run_command("fetch", "--retry", "1", server.url("/"), server.url("/other"), limit=20)
        self.assert_status(outcome, 7)
        self.assertIn("1 of 2 jobs succeeded", outcome.stderr)

    def test_another_host_is_not_held(self):
        slow = self.serve(Failing(1, busy("Retry-After: 1")))
        quick = self.enterContext(ScriptedServer(ip="127.0.0.2"))
        jobs = self.write("jobs.txt", slow.url("/slow") + "\n" + "".join(quick.url(f"/{i}") + "\n" for i in range(20)))
        _, outcome = self.records_of("-P", "1", jobs, retry=1)
        self.assertEqual(outcome.records[-1]["url"], slow.url("/slow"))

    def test_gaps_and_rates_are_kept(self):
        for options in (["--host-delay", "200ms"], ["--rate", "5"], ["--host-rate", "300/m"]):
            with self.subTest(options=options):
                failing = Failing(0, None)
                server = self.serve(failing)
                jobs = self.write("jobs.txt", "".join(server.url(f"/{i}") + "\n" for i in range(4)))
                begin = time.monotonic()
                self.records_of(*options, jobs)
                self.assertEqual(len(failing.at), 4)
                # Three gaps of 200 ms between the starts. Not from the first request on: a busy machine may have that come late.
                self.assertGreaterEqual(failing.at[-1][0] - begin, 0.6)


if __name__ == "__main__":
    unittest.main()
