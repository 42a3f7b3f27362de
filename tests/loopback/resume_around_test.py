#!/usr/bin/env python3
"""Runs with --state, and what changes around them from one to the next: the kind of the output, cookies, who writes the list, and
a stop of everything at once (promise A30)."""

import json
import os
import signal
import threading
import unittest

from harness import PIPE, strace, wait_until_signal_is_taken
from exec_test import ExecCase
from scripted_server import ScriptedServer, response


class ResumeCase(ExecCase):
    def setUp(self):
        super().setUp()
        self.down = set()

        def answer(connection, request):
            down = request.path in self.down
            connection.send(response(request.path.encode(), status="503 Down" if down else "200 OK"))
            return True

        self.server = self.enterContext(ScriptedServer({f"/{i}": answer for i in range(40)}))
        self.write_list(20)

    def lines(self, count):
        return "".join(self.server.url(f"/{i}") + "\n" for i in range(count))

    def write_list(self, count):
        self.write("list.txt", self.lines(count))

    def resume(self, *options, jobs="list.txt", **more):
        return self.fetch("--state", "state", "--jsonl", "--fields", "id,status,ok,error,replayed", "--fail", *options, jobs, **more)

    def out(self):
        return (self.folder / "out").read_text().splitlines()


class OutputTest(ResumeCase):
    def refused(self, *options, **more):
        requests = len(self.server.requests)
        outcome = self.resume(*options, **more)
        self.assert_status(outcome, 3)
        self.assertEqual(len(self.server.requests), requests)
        return outcome.complaints[0]

    def test_a_file_in_the_place_of_a_pipe_is_left_as_it_is(self):
        self.assert_status(self.resume("-o", "/dev/stdout"), 0)
        self.write_list(21)
        precious = "".join(f"{i}\n" for i in range(2000))
        self.write("precious", precious)
        said = self.refused("-o", "/dev/stdout", redirect=">>precious")
        self.assertRegex(said, r"can't write /dev/stdout: it is a file, and by the state state earlier runs wrote \d+ bytes to a pipe or device")
        self.assertEqual((self.folder / "precious").read_text(), precious)
        self.assert_status(self.resume("-o", "/dev/stdout"), 0)  # as before

    def test_nor_is_it_emptied_where_the_pipe_got_nothing(self):
        self.down = {f"/{i}" for i in range(40)}
        os.mkfifo(self.folder / "out")
        reading = os.open(self.folder / "out", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reading)
        self.assert_status(self.fetch("--state", "state", "--fail", "-o", "out", "list.txt"), 8)
        (self.folder / "out").unlink()
        self.write("out", "precious\n")
        self.write_list(21)
        self.assert_status(self.fetch("--state", "state", "--fail", "-o", "out", "list.txt"), 3)
        self.assertEqual((self.folder / "out").read_text(), "precious\n")

    def test_nor_goes_a_pipe_on_where_a_file_was(self):
        self.assert_status(self.resume("-o", "out"), 0)
        whole = (self.folder / "out").read_bytes()
        (self.folder / "out").rename(self.folder / "kept")
        os.mkfifo(self.folder / "out")
        reading = os.open(self.folder / "out", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reading)
        self.write_list(21)
        self.assertIn("it is no file on disk, and by the state state earlier runs wrote", self.refused("-o", "out"))
        (self.folder / "kept").rename(self.folder / "out")
        self.assert_status(self.resume("-o", "out"), 0)
        self.assertTrue((self.folder / "out").read_bytes().startswith(whole))

    def test_what_is_cut_off_is_told(self):
        self.assert_status(self.resume("-o", "out"), 0)
        with open(self.folder / "out", "a") as out:
            out.write("half a rec")
        outcome = self.resume("-o", "out")
        self.assert_status(outcome, 0)
        self.assertIn("nbcrawl: cut off of out: 10 bytes behind the last result that counts\n", outcome.stderr)
        self.assertNotIn("cut off", self.resume("-o", "out").stderr)

    def test_the_files_beside_the_state_are_the_states(self):
        for options in (["-o", "state-wal"], ["-o", "out", "--log-file", "state-shm"], ["-o", "out", "-c", "state-journal"]):
            with self.subTest(options=options):
                outcome = self.resume(*options)
                self.assert_status(outcome, 2)
                self.assertRegex(outcome.stderr, "--state and --|--output and --state")
        (self.folder / "link").symlink_to("state")
        self.assert_status(self.fetch("--state", "link", "-o", "out", "list.txt"), 0)

    def test_the_slash_behind_a_folder_says_nothing(self):
        self.assert_status(self.fetch("--state", "state", "--output-dir", "d", "list.txt"), 0)
        self.assert_status(self.fetch("--state", "state", "--output-dir", "d/", "list.txt"), 0)
        self.assertEqual(len(self.server.requests), 20)


class LockTest(ResumeCase):
    """Each run has a state of its own, and all write to one output."""

    def setUp(self):
        super().setUp()
        self.answered = threading.Event()
        self.addCleanup(self.answered.set)

        def late(connection, request):
            self.answered.wait(20)
            connection.send(response(b"late"))
            return True

        self.server.pages["/late"] = late

    def start_slow(self, output):
        """Its first job is under way, and it waits for the rest of its list."""
        command = self.start_fetch("--state", "slow", "-o", output, "-", stdin=PIPE)
        command.process.stdin.write(self.server.url("/late\n").encode())
        command.process.stdin.flush()
        self.server.wait_for(lambda: self.server.requests)
        return command

    def finish(self, command):
        self.answered.set()
        command.process.stdin.close()
        self.assert_status(command.finish(), 0)

    def test_a_file_is_written_by_one_run_at_a_time(self):
        slow = self.start_slow("out")
        for results in 0, 1:
            if results:
                self.answered.set()
                self.wait_until(self.out, "a result is there")
            second = self.resume("-o", "out")
            self.assert_status(second, 3)
            self.assertEqual(second.complaints, ["nbcrawl: can't write out: another process has locked it"])
        self.finish(slow)
        self.assertEqual(self.server.paths(), ["/late"])
        self.assertEqual(self.out(), ["late"])
        (self.folder / "out").unlink()
        self.assert_status(self.resume("-o", "out"), 0)

    def test_what_is_no_file_is_written_by_many(self):
        slow = self.start_slow("/dev/null")
        self.assert_status(self.resume("-o", "/dev/null"), 0)
        self.finish(slow)

    def test_what_a_command_has_left_running_does_not_hold_the_file(self):
        stays = "exec:setsid sh -c 'echo $$ > pid; exec sleep 60' < /dev/null > /dev/null 2>&1 & until [ -s pid ]; do sleep 0.01; done"
        outcome = self.resume("-o", "out", "--callback", stays, jobs=self.server.url("/0"))
        self.addCleanup(os.kill, self.pid_in("pid"), signal.SIGKILL)
        self.assert_status(outcome, 0)
        self.assert_status(self.resume("-o", "out", "--callback", stays, jobs=self.server.url("/0")), 0)

    def test_where_the_file_system_has_no_locks_it_goes_without(self):
        for cause in "ENOLCK", "EOPNOTSUPP":
            outcome = self.fetch("--state", cause, "-o", cause + ".out", "list.txt", under=strace("flock", "-e", f"inject=flock:error={cause}"))
            self.assert_status(outcome, 0)


class CookiesTest(ResumeCase):
    COOKIE = ("127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\t", "\n")

    def cookies(self):
        return [request.fields.get("cookie") for request in self.server.requests]

    def test_a_login_that_is_new_wins_over_the_jar(self):
        self.down = {"/0"}
        for login in ("old", "new"):
            self.write("login", login.join(self.COOKIE))
            self.assert_status(self.resume("-o", "out", "-b", "login", "-c", "jar", "--retry-failed", jobs=self.server.url("/0")), 8)
        self.assertEqual(self.cookies(), ["session=old", "session=new"])

    def test_nor_is_another_jar_than_the_run_has_written(self):
        self.write("other", "a strangers".join(self.COOKIE))
        for count, jar in ((1, []), (2, ["-c", "jar"]), (3, ["-c", "other"])):
            self.write_list(count)
            self.assert_status(self.resume("-o", "out", *jar), 0)
        self.assertEqual(self.cookies(), [None] * 3)

    def test_a_jar_that_no_run_of_this_state_has_written_is_not_read(self):
        self.write("jar", "a strangers".join(self.COOKIE))
        held = True

        def answer(connection, request):
            connection.server.wait_for(lambda: not held or not connection.server.is_running())
            connection.send(response(b"last"))
            return True

        self.server.pages["/19"] = answer
        command = self.start_fetch("--state", "state", "-o", "out", "-c", "jar", "list.txt")
        self.wait_until(lambda: (self.folder / "out").exists() and (self.folder / "out").stat().st_size > 0, "a result is there")
        command.process.kill()
        command.finish()
        held = False
        self.server.notify()
        self.assert_status(self.fetch("--state", "state", "-o", "out", "-c", "jar", "list.txt"), 0)
        self.assertEqual(set(self.cookies()), {None})
        self.assertNotIn("strangers", (self.folder / "jar").read_text())


class ListTest(ResumeCase):
    def test_a_line_that_its_writer_could_not_end_is_not_fetched(self):
        whole = self.lines(20)
        cut = whole[:-2]  # of /19 only /1
        for form in (["-o", "out"], ["-o", "out", "--skip-invalid"]):
            outcome = self.resume(*form, jobs="-", input=cut)
            self.assert_status(outcome, 2)
            self.assertIn("standard input ends within a line: who wrote it may have been ended, so this line is not fetched", outcome.stderr)
            self.assertEqual(sorted(self.server.paths()), sorted(f"/{i}" for i in range(19)))
        outcome = self.resume("-o", "out", jobs="-", input=whole)
        self.assert_status(outcome, 0)
        self.assertIn("1 of 1 jobs succeeded, 19 done before", outcome.stderr)
        self.assertEqual(self.server.paths()[-1], "/19")
        self.assertEqual(len(self.out()), 20)

    def test_a_cut_list_of_json_goes_on_whole(self):
        jobs = "".join(f'{{"url": "{self.server.url(f"/{i}")}"}}\n' for i in range(20))
        self.assert_status(self.resume("-o", "out", jobs="-", input=jobs[:-9]), 2)
        self.assert_status(self.resume("-o", "out", jobs="-", input=jobs), 0)
        self.assertEqual(len(self.out()), 20)
        self.assertEqual(len(self.server.requests), 20)

    def test_a_whole_list_without_a_newline_at_its_end_is_a_list(self):
        one = self.server.url("/1")
        self.assert_status(self.fetch("-o", "out", "-", input=one), 0)
        self.assert_status(self.resume("-o", "records", jobs="-", input=f'[{{"url": "{one}"}}]'), 0)
        (self.folder / "state").unlink()
        with open(self.write("file", one)) as file:
            self.assert_status(self.resume("-o", "out2", jobs="-", stdin=file), 0)
        self.assertEqual(self.server.paths(), ["/1"] * 3)

    def test_a_file_without_a_newline_at_its_end_goes_on_from_a_pipe(self):
        objects = [json.dumps({"url": self.server.url(f"/{i}")}) for i in range(3)]
        for number, text in enumerate([self.lines(3)[:-1], "[" + ",".join(objects) + "]"]):
            state, out = f"state{number}", f"out{number}"
            self.down = {"/2"}
            self.assert_status(self.fetch("--state", state, "--fail", "-o", out, self.write("list", text)), 8)
            self.down = set()
            outcome = self.fetch("--state", state, "--retry-failed", "-o", out, "-", input=text)
            self.assertIn("1 of 1 jobs succeeded, 2 done before", outcome.stderr)
            self.assertEqual(self.server.paths()[-1], "/2")

    def test_a_retry_begins_anew_also_where_the_list_ends_badly(self):
        self.down = {"/3", "/7"}
        broken = self.lines(20) + '{"url": \n'
        for count, retries in ((20, []), (22, ["--retry-failed"]), (24, ["--retry-failed"])):
            self.assert_status(self.resume("-o", "out", *retries, jobs="-", input=broken), 2)
            self.assertEqual(len(self.server.requests), count)


class StopTest(ResumeCase):
    def test_a_command_that_is_killed_in_a_run_that_ends_for_its_errors_has_failed(self):
        def missing(connection, _request):
            connection.server.wait_for(lambda: len(connection.server.requests) >= 2)
            connection.send(response(b"", status="404 Missing"))
            return True

        self.server.pages |= {"/missing": missing, "/page": response(b"page")}
        kill_at_end = "exec:until test -e ended; do sleep 0.01; done; kill -9 $$"
        jobs = [{"url": self.server.url("/missing")}, {"url": self.server.url("/page"), "callback": kill_at_end}]
        command = self.start_fetch("--jsonl", "-o", "out", "--fail", "--max-errors", "0", self.write("jobs.json", json.dumps(jobs)))
        out = self.folder / "out"
        self.wait_until(lambda: out.exists() and "/missing" in out.read_text(), "the first has its record")
        self.write("ended", "")
        self.assert_status(command.finish(), 10)
        self.assertIn("was ended by signal 9", self.out()[-1])

    def test_a_command_that_is_stopped_with_the_run_is_not_done(self):
        self.write_list(1)
        command = self.start_fetch("--state", "state", "--jsonl", "-o", "out", "--callback", "exec:echo $$ > pid; exec sleep 60", "list.txt")
        child = self.pid_in("pid")
        os.kill(command.pid, signal.SIGTERM)
        wait_until_signal_is_taken(command.pid, signal.SIGTERM)
        os.kill(child, signal.SIGTERM)
        self.assert_status(command.finish(), 143)
        self.assertEqual(self.out(), [])
        # By itself it is a failure, as ever.
        command = self.start_fetch("--state", "state", "--jsonl", "-o", "out", "--callback", "exec:echo $$ > pid; exec sleep 60", "list.txt")
        self.wait_until(lambda: (self.folder / "pid").read_text().strip() not in ("", str(child)), "another command runs")
        os.kill(self.pid_in("pid"), signal.SIGTERM)
        self.assert_status(command.finish(), 9)
        self.assertIn("was ended by signal 15", self.out()[0])

    def test_a_terminal_that_is_closed_stops_the_run_in_order(self):
        command = self.start_fetch("--state", "state", "--jsonl", "-o", "out", "-c", "jar", "-", stdin=PIPE)
        command.process.stdin.write(self.lines(1).encode())
        command.process.stdin.flush()
        self.server.wait_for(lambda: len(self.server.requests) >= 1)
        os.kill(command.pid, signal.SIGHUP)
        outcome = command.finish()
        self.assert_status(outcome, 128 + signal.SIGHUP)
        self.assertTrue((self.folder / "jar").exists())

    def test_but_not_one_that_is_to_outlive_it(self):
        command = self.start_fetch("-o", "out", "-", stdin=PIPE, under=["nohup"])
        command.process.stdin.write(self.lines(1).encode())
        command.process.stdin.flush()
        self.server.wait_for(lambda: len(self.server.requests) >= 1)
        os.kill(command.pid, signal.SIGHUP)
        command.process.stdin.write(self.server.url("/2\n").encode())
        command.process.stdin.close()
        self.assert_status(command.finish(), 0)
        self.assertEqual(self.server.paths(), ["/0", "/2"])


if __name__ == "__main__":
    unittest.main()
