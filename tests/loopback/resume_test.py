#!/usr/bin/env python3
"""Runs with --state: killed at any moment, stopped, refused (promises A30, A31). tests/crash/run does the same for a night."""

import json
import os
import signal
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from harness import PIPE, Case, wait_until_signal_is_taken
from killed_run import KINDS, PAGES, count_changes, kill_at_call, kill_at_moments, killed_run
from nginx import Nginx
from scripted_server import ScriptedServer, response

KILLS_OF_EACH_KIND = 4  # 32 in all


class KillTest(Case):
    @classmethod
    def setUpClass(cls):
        root = cls.enterClassContext(tempfile.TemporaryDirectory(prefix="nbcrawl-pages-"))
        cls.nginx = cls.enterClassContext(Nginx(root, PAGES))

    def test_kill_at_moments_all_over_a_run(self):
        """No two kinds at the same; tests/crash/run takes random ones."""
        def kill_kind(numbered):
            number, kind = numbered
            run = killed_run(kind, self.nginx, self.folder / kind, 1000)
            run.options += ["--rate", "2000"]  # so that it lasts longer than until the first commit
            kills = kill_at_moments(run, [(i + (number + 0.5) / len(KINDS)) * 0.05 for i in range(KILLS_OF_EACH_KIND)])
            run.check_state()
            return kills

        self.assertGreater(min(self.side_by_side(kill_kind, enumerate(KINDS))), 0)

    def test_kill_at_each_kind_of_system_call(self):
        """At one call of each that changes a file, now early and now late in the run; tests/crash/run does it at all."""
        def kill_at(kind_call_number):
            kind, call, number = kind_call_number
            kill_at_call(self.short_run(kind, f"{call}-{number}"), call, number)

        def calls_of(kind):
            counts = sorted(count_changes(self.short_run(kind, "counted")).items())
            return [(kind, call, 1 + (count - 1) * i // (len(counts) - 1)) for i, (call, count) in enumerate(counts)]

        self.side_by_side(kill_at, [call for calls in self.side_by_side(calls_of, ("records", "pipe")) for call in calls])

    @staticmethod
    def side_by_side(task, arguments):
        """The results. Each run mostly waits, for its rate and for the next commit."""
        with ThreadPoolExecutor(6) as pool:
            return list(pool.map(task, arguments))

    def short_run(self, kind, name):
        run = killed_run(kind, self.nginx, self.folder / f"{kind}-{name}", 60)
        run.options += ["--rate", "400"]
        return run


class ResumeTest(Case):
    def setUp(self):
        super().setUp()
        self.down = set()

        def answer(connection, request):
            status = "503 Down" if request.path in self.down else "200 OK"
            connection.send(response(request.path.encode(), status=status))
            return True

        self.server = self.enterContext(ScriptedServer({f"/{i}": answer for i in range(200)}))
        self.write_list(20)

    def write_list(self, count, tail=""):
        self.write("list.txt", "".join(self.server.url(f"/{i}") + "\n" for i in range(count)) + tail)

    def resume(self, *options, jobs="list.txt", **more):
        return self.fetch("--state", "state", "--jsonl", "--fields", "id,status,ok,replayed", "-o", "out", "--fail", *options,
                          jobs, **more)

    def out(self):
        return (self.folder / "out").read_text().splitlines()

    def refused(self, *options, **more):
        """The complaint of a run that must change nothing."""
        before = (self.folder / "out").read_bytes()
        requests = len(self.server.requests)
        outcome = self.resume(*options, **more)
        self.assert_status(outcome, 3)
        self.assertEqual((self.folder / "out").read_bytes(), before)
        self.assertEqual(len(self.server.requests), requests)
        return outcome.complaints[0]

    def test_a_run_that_is_done_fetches_nothing_more(self):
        self.assert_status(self.resume(), 0)
        outcome = self.resume()
        self.assert_status(outcome, 0)
        self.assertIn("0 of 0 jobs succeeded, 20 done before", outcome.stderr)
        self.assertEqual(len(self.out()), 20)
        self.assertEqual(len(self.server.requests), 20)

    def test_lines_added_to_the_list_are_fetched(self):
        self.resume()
        self.write_list(25)
        self.assertIn("5 of 5 jobs succeeded, 20 done before", self.resume().stderr)
        self.assertEqual(len(self.out()), 25)

    def test_retry_failed(self):
        self.down = {"/3", "/7"}
        self.assert_status(self.resume(), 8)
        outcome = self.resume()
        self.assertEqual(len(self.out()), 20)
        self.assert_status(outcome, 8)  # what failed before stands
        self.assertIn("0 of 0 jobs succeeded, 20 done before (2 failed);", outcome.stderr)
        self.down = {"/7"}
        self.assert_status(self.resume("--retry-failed"), 8)
        self.assertEqual(sorted(self.out()[20:]), ['{"id":"3","status":200,"ok":true,"replayed":true}',
                                                   '{"id":"7","status":503,"ok":false,"replayed":true}'])
        self.down = set()
        self.assert_status(self.resume("--retry-failed"), 0)
        self.assertEqual(len(self.out()), 23)
        self.assertEqual(len(self.server.requests), 23)

    def test_a_retry_that_is_refused_opens_no_job_anew(self):
        self.down = {"/3", "/7"}
        self.resume()
        before = self.out()
        changed = self.server.url("/1\n")
        for jobs, given, status in (("missing.txt", None, 2), ("-", "no url\n", 3), ("-", changed, 3)):
            with self.subTest(jobs=jobs, given=given):
                self.assert_status(self.resume("--retry-failed", jobs=jobs, input=given), status)
                self.assertIn("0 of 0 jobs succeeded, 20 done before (2 failed);", self.resume().stderr)
        self.assertEqual(self.out(), before)

    def test_a_retry_that_was_killed_goes_on_where_it_was(self):
        self.write_list(100)
        self.down = {f"/{i}" for i in range(100)}
        self.resume()
        command = self.start_fetch("--state", "state", "--jsonl", "--fields", "id,status,ok,replayed", "-o", "out", "--fail",
                                   "--retry-failed", "--rate", "25", "list.txt")
        self.server.wait_for(lambda: len(self.server.requests) >= 110)
        command.process.kill()
        command.finish()
        self.resume("--retry-failed")
        ids = [line.split('"')[3] for line in self.out()]
        self.assertEqual(len(ids), 200)
        self.assertEqual(len(set(ids[100:])), 100)

    def test_a_signal_leaves_a_state_to_go_on_from(self):
        self.write_list(200)
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number):
                self.server.requests.clear()
                for name in ("state", "out"):
                    (self.folder / name).unlink(missing_ok=True)
                command = self.start_fetch("--state", "state", "--jsonl", "--fields", "id,status,ok,replayed", "-o", "out",
                                           "--fail", "--rate", "50", "list.txt")
                self.server.wait_for(lambda: len(self.server.requests) >= 8)
                os.kill(command.pid, number)
                self.assert_status(command.finish(), 128 + number)
                done = len(self.out())
                self.assertLess(done, 200)
                self.assertIn(f"{200 - done} of {200 - done} jobs succeeded, {done} done before", self.resume().stderr)
                self.assertEqual(len(self.server.requests), 200)

    def test_what_a_second_signal_cuts_short_has_its_record_later(self):
        def held(connection, request):
            connection.server.wait_for(lambda: not hold or not connection.server.is_running())
            connection.send(response(b"late"))
            return True

        hold = [True]
        with ScriptedServer({"/held": held, "/quick": response(b"")}) as server:
            self.write("held.txt", server.url("/quick") + "\n" + server.url("/held") + "\n")
            command = self.start_fetch("--state", "state", "--jsonl", "--fields", "id,status,ok,replayed", "-o", "out", "--fail",
                                       "-P", "1", "held.txt")  # the second is asked for when the first is done
            server.wait_for(lambda: len(server.requests) >= 2)
            os.kill(command.pid, signal.SIGINT)
            os.kill(command.pid, signal.SIGTERM)
            self.assertGreaterEqual(command.finish().status, 128)
            self.assertEqual(self.out(), ['{"id":"0","status":200,"ok":true}'])
            hold.clear()
            server.notify()
            self.assert_status(self.resume(jobs="held.txt"), 0)
            self.assertEqual(self.out()[1:], ['{"id":"1","status":200,"ok":true}'])

    def test_what_a_reader_had_not_taken_at_a_stop_comes_when_the_run_goes_on(self):
        """Also where it is appended to a file that ends inside a record: no line swallows the first one that follows."""
        with ScriptedServer({f"/{i}": response(b"x" * 300_000) for i in range(12)}) as server:
            self.write("large.txt", "".join(server.url(f"/{i}") + "\n" for i in range(12)))
            options = ("--state", "state", "--jsonl", "--fields", "id,replayed,body", "large.txt")
            command = self.start_fetch(*options, read_stdout=False)
            server.wait_for(lambda: len(server.requests) > 2)
            server.wait_until_quiet(0.3)
            for number in (signal.SIGINT, signal.SIGTERM):
                os.kill(command.pid, number)
                wait_until_signal_is_taken(command.pid, number)
            out = self.folder / "out"
            out.write_bytes(command.process.stdout.read())
            self.assert_status(command.finish(), 3)
            self.assertNotEqual(out.read_bytes()[-1:], b"\n", "the reader has half a record")
            with open(out, "ab") as rest:
                self.assert_status(self.start_fetch(*options, stdout=rest).finish(), 0)
        lines = self.out()
        whole = [json.loads(line) for line in lines if line.endswith("}")]
        self.assertEqual(len(whole), len(lines) - 1)
        self.assertEqual(sorted(int(record["id"]) for record in whole), list(range(12)))

    def test_a_second_process_is_refused(self):
        first = self.start_fetch("--state", "state", "-o", "other", "-", stdin=PIPE)
        first.process.stdin.write(self.server.url("/1\n").encode())
        first.process.stdin.flush()
        self.server.wait_for(lambda: self.server.requests)
        second = self.fetch("--state", "state", "-o", "other", "list.txt")
        self.assert_status(second, 3)
        self.assertEqual(second.complaints, ["nbcrawl: can't use the state state: another process has it open"])
        first.process.stdin.close()
        self.assert_status(first.finish(), 0)

    def test_a_changed_list_is_noticed_before_anything_is_fetched(self):
        self.resume()
        self.write("list.txt", (self.folder / "list.txt").read_text().replace("/3\n", "/199\n"))
        self.assertIn("the job list has changed between its bytes 0 and ", self.refused())
        self.write_list(19)
        self.assertIn("the job list has changed", self.refused())
        self.assertIn("the job list has changed", self.refused(jobs="-", input=self.server.url("/1\n")))

    def test_changed_settings_are_noticed(self):
        self.resume()
        self.assertIn("it was begun with --callback 'decode', not 'raw'", self.refused("--callback", "raw"))
        for before, now in ((["exec:cat", "title"], ["exec:cat title"]), (["exec:cat title"], ["exec:cat", "title"]),
                            (["exec:a\\", "raw"], ["exec:a\\ raw"]), (["exec:a\\ raw"], ["exec:a\\", "raw"]),
                            (["exec:a\\ b"], ["exec:a", "b"])):
            with self.subTest(before=before, now=now):
                before, now = ([word for one in callbacks for word in ("--callback", one)] for callbacks in (before, now))
                self.fetch("--state", "other", *before, self.server.url("/1"))
                outcome = self.fetch("--state", "other", *now, self.server.url("/1"))
                self.assert_status(outcome, 3)
                self.assertIn("it was begun with --callback ", outcome.stderr)
                (self.folder / "other").unlink()
        self.assertIn("it was begun with --ordered unset, not 'on'", self.refused("--ordered"))
        self.assert_status(self.resume("-m", "3", "-P", "2", "--max-redirs", "3"), 0)  # these may change
        outcome = self.fetch("--state", "state", "-o", "elsewhere", "list.txt")
        self.assert_status(outcome, 3)
        self.assertFalse((self.folder / "elsewhere").exists())

    def test_an_output_that_was_cut_or_is_gone_is_noticed(self):
        self.resume()
        size = len((self.folder / "out").read_bytes())
        os.truncate(self.folder / "out", size - 1)
        self.assertIn(f"can't write out: it has {size - 1} bytes, and an earlier run wrote {size}", self.refused())
        self.write("out", "")
        self.refused()

    def test_an_output_that_is_another_is_left_as_it_is(self):
        self.resume()
        out = (self.folder / "out").read_text()
        self.write_list(25)
        for other in (out[:-10] + "X" + out[-9:], "no record\n" * 1000):
            self.write("out", other)
            self.assertIn(f"can't write out: what stands before its byte {len(out)} is not what an earlier run wrote", self.refused())
        self.write("out", out + "half a rec")
        self.assertIn("5 of 5 jobs succeeded, 20 done before", self.resume().stderr)

    def test_results_whose_state_is_lost_are_left_as_they_are(self):
        self.resume()
        before = self.out()
        (self.folder / "state").unlink()
        for _ in range(2):  # the first one has made a state
            self.assertIn("nbcrawl: can't write out: it holds something, and by the state state no run has written to it; "
                          "delete it to begin anew", self.refused())
        self.assertEqual(self.out(), before)
        (self.folder / "out").unlink()
        self.assert_status(self.resume(), 0)
        self.assertEqual(sorted(self.out()), sorted(before))

    def test_standard_output_that_the_shell_emptied_is_noticed(self):
        def run(redirect, count):
            self.write_list(count)
            return self.fetch("--state", "state", "--jsonl", "--fields", "id", "list.txt", redirect=redirect)

        self.assert_status(run(">out", 10), 0)
        written = len((self.folder / "out").read_bytes())
        for _ in range(2):
            outcome = run(">out", 20)
            self.assert_status(outcome, 3)
            self.assertIn(f"standard output is a file that lacks the {written} bytes which earlier runs wrote by the state "
                          "state: > empties a file each time, so use >>, or -o FILE", outcome.complaints[0])
        self.assertEqual(len(self.server.requests), 10)
        self.assert_status(run(">>out", 20), 0)
        self.assertEqual(sorted(json.loads(line)["id"] for line in self.out()), [str(i) for i in range(10, 20)])
        self.assert_status(run(">out", 30), 3)
        self.assertIn("10 of 10 jobs succeeded, 20 done before", run("| cat >out", 30).stderr)  # a pipe has no end to know

    def test_a_file_that_several_runs_have_for_standard_output_is_no_emptied_one(self):
        with open(self.folder / "out", "wb") as out:
            for count in 10, 20, 20:
                self.write_list(count)
                outcome = self.start_fetch("--state", "state", "--jsonl", "--fields", "id", "list.txt", stdout=out).finish()
                self.assert_status(outcome, 0)
        self.assertEqual(len(self.out()), 20)

    def test_a_run_that_comes_to_no_result_claims_neither_output_nor_settings(self):
        for jobs, given in (("missing.txt", None), ("-", "no url\n"), (".", None)):
            with self.subTest(jobs=jobs):
                self.assert_status(self.resume(jobs=jobs, input=given), 2)
                self.write("out", "mine\n")
                self.assertIn("can't write out: it holds something", self.refused())
                self.assert_status(self.fetch("--state", "state", "-o", "other", self.server.url("/1")), 0)
                for name in ("state", "other", "out"):
                    (self.folder / name).unlink()

    def test_a_run_stopped_before_its_first_result_claims_no_output(self):
        command = self.start_held_run()
        os.kill(command.pid, signal.SIGINT)
        wait_until_signal_is_taken(command.pid, signal.SIGINT)
        os.kill(command.pid, signal.SIGTERM)
        self.assert_status(command.finish(), 130)
        self.write("out", "mine\n")
        self.assertIn("can't write out: it holds something", self.refused(jobs="held.txt"))

    def test_where_no_state_can_be(self):
        (self.folder / "folder").mkdir()
        os.mkfifo(self.folder / "fifo")
        for place, cause in (("folder", "Is a directory"), ("none/state", "No such file or directory"), ("/dev/null", "it is no file on a disk"),
                             ("fifo", "it is no file on a disk"), ("list.txt/state", "Not a directory")):
            with self.subTest(place):
                outcome = self.fetch("--state", place, "-o", "new", "list.txt")
                self.assert_status(outcome, 3)
                self.assertEqual(outcome.stderr, f"nbcrawl: can't use the state {place}: {cause}\n")
        self.assertFalse((self.folder / "new").exists())

    def test_cookies_go_on(self):
        self.server.pages["/0"] = response(b"0", "Set-Cookie: given=once; Max-Age=1000", "Connection: close")
        for count, requests in ((20, 20), (20, 20), (21, 21)):
            self.write_list(count)
            self.assert_status(self.resume("-c", "jar"), 0)
            self.assertEqual(len(self.server.requests), requests)
            self.assertIn("given\tonce", (self.folder / "jar").read_text())
        self.assertEqual(self.server.requests[-1].fields.get("cookie"), "given=once")

    def test_cookies_go_on_from_a_run_stopped_before_its_first_result(self):
        command = self.start_held_run("-c", "jar")
        os.kill(command.pid, signal.SIGINT)
        wait_until_signal_is_taken(command.pid, signal.SIGINT)
        os.kill(command.pid, signal.SIGTERM)
        self.assert_status(command.finish(), 130)
        self.assertIn("given\tonce", (self.folder / "jar").read_text())
        self.release()
        self.server.pages["/moved"] = response(b"moved")
        self.assert_status(self.resume("-c", "jar", jobs="held.txt"), 0)
        self.assertEqual(self.server.requests[-1].fields.get("cookie"), "given=once")
        self.assertIn("given\tonce", (self.folder / "jar").read_text())

    def start_held_run(self, *options):
        """A run whose only job has been given a cookie, and waits for its answer."""
        def wait(connection, request):
            connection.server.wait_for(lambda: self.answer_now)
            connection.send(response(b"late"))

        self.answer_now = False
        self.addCleanup(self.release)
        self.server.pages["/moved"] = response(b"", "Location: /held", "Set-Cookie: given=once; Max-Age=1000", status="302 Found")
        self.server.pages["/held"] = wait
        self.write("held.txt", self.server.url("/moved\n"))
        command = self.start_fetch("--state", "state", "--jsonl", "--fields", "id,status,ok,replayed", "-o", "out", "--fail",
                                   *options, "held.txt")
        self.server.wait_for(lambda: len(self.server.requests) >= 2)
        return command

    def release(self):
        self.answer_now = True
        self.server.notify()

    def test_a_file_that_is_no_state_is_left_as_it_is(self):
        (self.folder / "state").write_bytes(b"precious\n" * 1000)
        self.write("out", "")
        self.assertIn("can't use the state state: it is no SQLite file, or it is damaged", self.refused())
        self.assertEqual((self.folder / "state").read_bytes(), b"precious\n" * 1000)

    def test_a_damaged_state_is_told(self):
        self.resume()
        state = bytearray((self.folder / "state").read_bytes())
        at = state.index(b"\x01" * 20)
        state[at + 5] = 0
        self.write("state", bytes(state))
        self.assertIn("can't use the state state: it is damaged", self.refused())

    def test_the_state_is_no_output(self):
        outcome = self.fetch("--state", "same", "-o", "same", "list.txt")
        self.assert_status(outcome, 2)
        self.assertIn("--output and --state are one file, same", outcome.stderr)

    def test_invalid_jobs_have_one_record(self):
        self.write_list(5, tail="no url\n" + self.server.url("/6") + "\n")
        for _ in range(2):
            self.assert_status(self.resume("--skip-invalid"), 2)
            self.assertEqual(len(self.out()), 7)

    def test_a_bad_list_can_be_mended_behind_what_was_read(self):
        self.write_list(5, tail="no url\n")
        self.assert_status(self.resume(), 2)
        self.write_list(6)
        self.assert_status(self.resume(), 0)
        self.assertEqual(len(self.out()), 6)

    def test_several_lists_and_urls(self):
        self.write("a.txt", self.server.url("/1\n"))
        self.write("b.txt", self.server.url("/2\n"))
        lists = ["a.txt", self.server.url("/3"), "b.txt"]
        self.assert_status(self.fetch("--state", "state", *lists), 0)
        self.assert_status(self.fetch("--state", "state", *lists, self.server.url("/4")), 0)
        self.assertEqual(sorted(self.server.paths()), ["/1", "/2", "/3", "/4"])
        self.assert_status(self.fetch("--state", "state", *reversed(lists)), 3)

    def test_a_file_that_an_earlier_run_wrote_is_not_another_jobs(self):
        first = json.dumps({"url": self.server.url("/1"), "output": "page"})
        self.write("jobs.ndjson", first + "\n")
        options = ["--state", "state", "--output-dir", "pages", "jobs.ndjson"]
        self.assert_status(self.fetch(*options), 0)
        self.write("jobs.ndjson", first + "\n" + json.dumps({"url": self.server.url("/2"), "output": "page"}) + "\n")
        outcome = self.fetch(*options)
        self.assert_status(outcome, 3)
        self.assertIn("it is another job's file", outcome.stderr)
        self.assertEqual((self.folder / "pages/page").read_text(), "/1")

    def test_a_file_is_that_of_the_first_job_of_its_name_also_where_that_has_failed(self):
        self.down = {"/1"}
        first, second = ({"url": self.server.url(f"/{i}"), "output": "page"} for i in (1, 2))
        self.write("jobs.ndjson", json.dumps(first) + "\n")
        options = ["--fail", "--state", "state", "--output-dir", "pages", "jobs.ndjson"]
        self.assert_status(self.fetch(*options), 8)
        self.write("jobs.ndjson", json.dumps(first) + "\n" + json.dumps(second) + "\n")
        self.assert_status(self.fetch(*options), 3)
        self.assertFalse((self.folder / "pages/page").exists())
        self.down = set()
        self.assert_status(self.fetch("--retry-failed", *options), 3)
        self.assertEqual((self.folder / "pages/page").read_text(), "/1")

    def test_too_many_errors_leave_a_state_to_go_on_from(self):
        self.down = {f"/{i}" for i in range(5)}
        self.assert_status(self.resume("--max-errors", "3", "-P", "1"), 10)
        self.assertIn(len(self.out()), (4, 5))  # what is under way ends
        self.assert_status(self.resume(), 8)
        self.assertEqual(len(self.out()), 20)

    def test_retry_failed_needs_a_state(self):
        self.assert_status(self.fetch("--retry-failed", "list.txt"), 2)


if __name__ == "__main__":
    unittest.main()
