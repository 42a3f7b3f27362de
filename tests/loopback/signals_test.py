#!/usr/bin/env python3
"""SIGINT and SIGTERM: once drains, twice stops at once. SIGSTOP and SIGCONT. SIGPIPE (promise A38)."""

import os
import resource
import signal
import time
import unittest

from dns_server import A, NOERROR, ScriptedDns, record
from harness import PIPE, Case, wait_until_signal_is_taken
from scripted_server import ScriptedServer, response


class SignalsTest(Case):
    def setUp(self):
        super().setUp()
        self.answer_now = False

        def held(connection, request):
            """Answers when the test says so."""
            connection.server.wait_for(lambda: self.answer_now or not connection.server.is_running())
            connection.send(response(request.path.encode()))
            return True

        self.server = self.enterContext(ScriptedServer({f"/held/{i}": held for i in range(100)}))
        self.addCleanup(self.release)

    def release(self):
        self.answer_now = True
        self.server.notify()

    def start_held(self, *options, count=100, under_way=8, **more):
        """A run of jobs of which `under_way` wait for their answers."""
        jobs = self.write("list.txt", "".join(self.server.url(f"/held/{i}") + "\n" for i in range(count)))
        command = self.start_fetch("--jsonl", *options, jobs, **more)
        self.server.wait_for(lambda: len(self.server.requests) >= under_way)
        return command

    def test_once_finishes_what_is_in_flight_and_starts_no_more(self):
        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number):
                self.answer_now = False
                self.server.requests.clear()
                command = self.start_held()
                os.kill(command.pid, number)
                wait_until_signal_is_taken(command.pid, number)
                self.release()
                outcome = command.finish()
                self.assert_status(outcome, status)
                self.assertEqual(len(outcome.records), 8)
                self.assertTrue(all(record["ok"] for record in outcome.records))
                self.assertEqual(len(self.server.requests), 8)
                self.assertIn("stopping; once more to stop now", outcome.stderr)
                self.assertIn("8 of 8 jobs succeeded", outcome.stderr)
                self.assertIn(f"stopped by signal {number}", outcome.stderr)

    def test_the_same_signal_at_once_again_is_no_second_one(self):
        """So timeout(1) sends it: to its child, then to their group. Where the machine lets the command wait for a processor longer
        than that, another try may find it in time."""
        for _ in range(5):
            self.answer_now = False
            self.server.requests.clear()
            command = self.start_held()
            for _ in range(2):
                os.kill(command.pid, signal.SIGTERM)
                wait_until_signal_is_taken(command.pid, signal.SIGTERM)
            self.release()
            outcome = command.finish(10)
            self.assert_status(outcome, 143)
            if all(record["ok"] for record in outcome.records):
                break
        self.assertEqual([record["ok"] for record in outcome.records], [True] * 8)

    def test_twice_stops_at_once(self):
        for first, second, between in ((signal.SIGINT, signal.SIGINT, 0.3), (signal.SIGTERM, signal.SIGINT, 0)):
            with self.subTest(first=first, second=second):
                self.server.requests.clear()
                command = self.start_held()
                os.kill(command.pid, first)
                wait_until_signal_is_taken(command.pid, first)
                time.sleep(between)  # the time itself is what is tested
                os.kill(command.pid, second)
                begin = time.monotonic()
                outcome = command.finish(10)
                self.assertLess(time.monotonic() - begin, 5)
                self.assert_status(outcome, 128 + first)
                self.assertEqual({record["error"] for record in outcome.records}, {"interrupted"})
                self.assertEqual(len(outcome.records), 8)

    def test_an_answer_that_another_request_would_follow_is_not_the_result(self):
        """Its body was read past, and --state must fetch the job again."""
        for answer in (response(b"moved", "Location: /x", status="302 Found"), response(b"later", status="503 Busy")):
            for threads in ("1", "2"):
                with self.subTest(answer=answer, threads=threads):
                    self.answer_now = False

                    def hold(connection, request, answer=answer):
                        connection.server.wait_for(lambda: self.answer_now or not connection.server.is_running())
                        connection.send(answer)

                    server = self.enterContext(ScriptedServer({"/": hold}))
                    command = self.start_fetch("--jsonl", "--callback", "save", "--threads", threads, "--retry", "2", server.url("/"))
                    server.wait_for(lambda: server.requests)
                    os.kill(command.pid, signal.SIGINT)
                    wait_until_signal_is_taken(command.pid, signal.SIGINT)
                    self.answer_now = True
                    server.notify()
                    outcome = command.finish(15)
                    self.assert_status(outcome, 130)
                    self.assertEqual([record["error"] for record in outcome.records], ["interrupted"])

    def test_a_job_that_waits_for_its_next_request_has_a_record(self):
        """One that waits for its first has none."""
        held = response(b"", "Retry-After: 60", status="503 Busy")
        moved = response(b"", "Location: /next", status="302 Found")
        for threads in ("1", "2"):
            for answer, pace in ((held, "0"), (moved, "60s")):
                with self.subTest(answer=answer, threads=threads), ScriptedServer({"/first": answer}) as server:
                    command = self.start_fetch("--jsonl", "-P", 1, "--host-delay", pace, "--threads", threads,
                                               server.url("/first"), server.url("/second"), retry=2)
                    server.wait_for(lambda: server.requests)
                    server.wait_until_quiet(0.3)  # its answer is read
                    os.kill(command.pid, signal.SIGTERM)
                    outcome = command.finish(5)
                    self.assert_status(outcome, 143)
                    self.assertEqual([(record["id"], record["error"]) for record in outcome.records], [("0", "interrupted")])
                    self.assertEqual(outcome.records[0]["num_retries"] + outcome.records[0]["num_redirects"], 1)
                    self.assertIn("0 of 1 jobs succeeded, 1 failed", outcome.stderr)
                    self.assertIn("/first: the run was stopped before the job was done (interrupted)", outcome.stderr)

    def test_with_a_state_such_a_job_is_done_when_the_run_goes_on(self):
        answers = [response(b"", "Retry-After: 60", status="503 Busy")]

        def busy_once(connection, request):
            connection.send(answers.pop() if answers else response(b"page"))
            return True

        with ScriptedServer({"/": busy_once}) as server:
            options = ("--jsonl", "--state", "state", server.url("/"))
            command = self.start_fetch(*options, retry=2)
            server.wait_for(lambda: server.requests)
            server.wait_until_quiet(0.3)  # its answer is read
            os.kill(command.pid, signal.SIGTERM)
            self.assertEqual(command.finish(5).records, [])
            self.assertEqual([record["body"] for record in self.fetch(*options).records], ["page"])

    def test_a_shortage_of_descriptors_while_it_stops_is_no_failure_of_the_job(self):
        """No room will be made for it any more. --state fetches it again."""
        def late(name, kind):
            self.server.notify()  # that it was asked
            self.server.wait_for(lambda: self.answer_now)
            return NOERROR, [record(name, A, "127.0.0.1")]

        with ScriptedDns(late) as dns:
            command = self.start_held("-4", "--dns-servers", dns.address, "--multiplexer", "epoll",
                                      f"http://late.test:{self.server.port}/", count=1, under_way=1,
                                      environment={"LSAN_OPTIONS": "detect_leaks=0"})  # it would need descriptors at the end
            self.server.wait_for(lambda: dns.asked)
            resource.prlimit(command.pid, resource.RLIMIT_NOFILE, (3, 3))
            os.kill(command.pid, signal.SIGINT)
            wait_until_signal_is_taken(command.pid, signal.SIGINT)
            self.release()
            outcome = command.finish()
        self.assert_status(outcome, 130)
        self.assertEqual(sorted((record["id"], record.get("error")) for record in outcome.records), [("0", "interrupted"), ("1", None)])

    def test_a_failure_before_the_signal_gives_its_status(self):
        command = self.start_held("http://127.0.0.1:1/", count=8)
        os.kill(command.pid, signal.SIGINT)
        wait_until_signal_is_taken(command.pid, signal.SIGINT)
        self.release()
        self.assert_status(command.finish(), 4)

    def test_while_it_waits_for_more_jobs_it_ends_at_once(self):
        command = self.start_fetch("-", stdin=PIPE, read_stdout=False)
        command.process.stdin.write(self.server.url("/1\n").encode())
        command.process.stdin.flush()
        self.assertEqual(command.process.stdout.read(2), b"/1")
        os.kill(command.pid, signal.SIGTERM)
        self.assert_status(command.finish(5), 143)

    def test_what_was_fetched_is_written_before_it_ends(self):
        """A slow reader gets all results of the jobs that were finished."""
        with ScriptedServer({f"/{i}": response(b"%07d\n" % i * 10_000) for i in range(200)}) as pages:
            jobs = self.write("pages.txt", "".join(pages.url(f"/{i}") + "\n" for i in range(200)))
            command = self.start_fetch(jobs, read_stdout=False)
            pages.wait_for(lambda: len(pages.requests) > 10)
            pages.wait_until_quiet(0.3)
            os.kill(command.pid, signal.SIGINT)
            wait_until_signal_is_taken(command.pid, signal.SIGINT)
            data = command.process.stdout.read()
            outcome = command.finish()
            self.assert_status(outcome, 130)
            self.assertIn(f"{len(data) // 80_000} of ", outcome.stderr)
            self.assertEqual(len(data) % 80_000, 0)
            self.assertEqual(len(data) // 80_000, len(pages.requests))

    def test_a_stop_longer_than_the_deadline(self):
        """What came while it was stopped is taken, although the deadline is over."""
        command = self.start_held("--max-time", "1s", "--per-host", "4", "-P", "4", count=4, under_way=4)
        stop(command.pid)
        self.release()
        time.sleep(1.3)  # the time itself is what is tested
        os.kill(command.pid, signal.SIGCONT)
        outcome = command.finish(10)
        self.assert_status(outcome, 0)
        self.assertEqual(len(outcome.records), 4)

    def test_a_server_that_stalls_times_out_after_a_stop_too(self):
        command = self.start_held("--max-time", "1s", count=4, under_way=4)
        stop(command.pid)
        time.sleep(1.3)
        os.kill(command.pid, signal.SIGCONT)
        outcome = command.finish(10)
        self.assert_status(outcome, 4)
        self.assertEqual({record["error"] for record in outcome.records}, {"timeout"})

    def test_sigpipe_is_ignored(self):
        command = self.start_held(count=8)
        os.kill(command.pid, signal.SIGPIPE)
        self.release()
        self.assert_status(command.finish(), 0)


def stop(pid):
    """Returns when it has stopped."""
    os.kill(pid, signal.SIGSTOP)
    os.waitid(os.P_PID, pid, os.WSTOPPED)


if __name__ == "__main__":
    unittest.main()
