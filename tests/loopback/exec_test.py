#!/usr/bin/env python3
"""The callback exec: a page through a command, on the loop, with bounds, and nothing left behind."""

import base64
import gzip
import json
import os
import re
import signal
import time
import unittest
from pathlib import Path

from harness import Case, status_of
from scripted_server import ScriptedServer, response

ODD = "/odd?$(touch%20pwned)`touch%20pwned`;touch%20pwned&%27%22"
CHINESE = "<html><head><title>新闻</title></head><body>中文网页，北京。</body></html>"


def numbered(size):
    def page(connection, request):
        connection.send(response(request.path.encode().ljust(size, b".")))
        return True
    return page


def is_alive(pid):
    """Whether the process runs; one that waits only for its parent to ask how it ended does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


class ExecCase(Case):
    def list_of(self, *jobs):
        return self.write("jobs.json", "".join(json.dumps(job) + "\n" for job in jobs))

    def wait_until(self, condition, what, limit=20.0):
        deadline = time.monotonic() + limit
        while not condition():
            if time.monotonic() > deadline:
                self.fail(f"not within {limit} s: {what}")
            time.sleep(0.005)

    def pid_in(self, name):
        """The process that wrote its number there, newline and all."""
        path = self.folder / name
        self.wait_until(lambda: path.exists() and path.read_bytes().endswith(b"\n"), f"{name} is written")
        return int(path.read_text())


class ExecTest(ExecCase):
    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer({
            "/chinese": response(CHINESE.encode("gbk"), "Content-Type: text/html; charset=gb2312"),
            "/undeclared": response(CHINESE.encode("big5", "replace") * 20, "Content-Type: text/html"),
            "/coded": response(gzip.compress(b"plain text\n"), "Content-Encoding: gzip"),
            "/large": numbered(5_000_000),
            "/moved": response(b"", "Location: /chinese", status="302 Found"),
            ODD: response(b"x", "Content-Type: text/plain; x=\"$(touch pwned)\"; touch pwned; `touch pwned`"),
            "/long-type": response(b"x", "Content-Type: text/" + "x" * 200_000),
            "/missing": response(b"no such page", status="404 Not Found"),
        }))

    def run_one(self, path, command, *options, status=0, **fields):
        job = {"url": self.server.url(path), "callback": "exec:" + command, **fields}
        # A PATH of its own: what sh says of a command that it does not find depends on the folders there.
        outcome = self.fetch("--jsonl", *options, self.list_of(job), environment={"PATH": os.defpath})
        self.assert_status(outcome, status)
        (record,) = outcome.records
        return record

    def test_a_chinese_page_through_iconv(self):
        for path, charset in (("/chinese", "gbk"), ("/undeclared", "big5")):
            with self.subTest(path):
                record = self.run_one(path, 'echo "$NBCRAWL_CHARSET"; iconv -f "$NBCRAWL_CHARSET" -t UTF-8')
                self.assertTrue(record["body"].startswith(charset + "\n<html>"), record["body"])
        self.assertEqual(self.run_one("/chinese", "iconv -f gbk -t UTF-8")["body"], CHINESE)

    def test_the_example_of_the_documentation(self):
        examples = (Path(__file__).parents[2] / "docs/exec.md").read_text()
        command = re.search(r"--callback 'exec:(page=.*)'", examples)[1]
        for charset in "gbk", "big5":
            self.server.pages["/h1"] = response("<h1>你好</h1>\n".encode(charset), f"Content-Type: text/html; charset={charset}")
            self.assertEqual(self.run_one("/h1", command)["body"], "你好\n")
        self.server.pages["/h1"] = response(b"<h1>x</h1>", "Content-Type: text/html; charset=x-mac-cyrillic")
        self.assertIn("iconv", self.run_one("/h1", command, status=9)["error_detail"])

    def test_content_codings_are_removed(self):
        self.assertEqual(self.run_one("/coded", "cat")["body"], "plain text\n")

    def test_its_environment_tells_of_the_page(self):
        record = self.run_one("/moved", "env | grep ^NBCRAWL_ | sort", id="a 1",
                              headers={"Authorization": "Bearer secret-token"})
        url = self.server.url("")
        self.assertEqual(record["body"].splitlines(), [
            "NBCRAWL_BODY_FILE=", "NBCRAWL_CHARSET=gbk", "NBCRAWL_CONTENT_TYPE=text/html; charset=gb2312",
            "NBCRAWL_ID=a 1", "NBCRAWL_STATUS=200", f"NBCRAWL_URL={url}/moved",
            f"NBCRAWL_URL_EFFECTIVE={url}/chinese"])
        with_secrets = self.server.url("/coded").replace("://", "://user:pass-word@")
        outcome = self.fetch("--callback", "exec:env", with_secrets)
        self.assert_status(outcome, 0)
        self.assertNotIn("pass-word", outcome.text)

    def test_what_a_server_says_is_never_part_of_the_command(self):
        outcome = self.fetch("--callback", 'exec:echo "$NBCRAWL_URL" "$NBCRAWL_CONTENT_TYPE"; cat', self.server.url(ODD))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.text, f'{self.server.url(ODD)} text/plain; x="$(touch pwned)"; touch pwned; `touch pwned`\nx')
        self.assertFalse((self.folder / "pwned").exists())

    def test_callbacks_run_in_order(self):
        job = {"url": self.server.url("/chinese"),
               "callback": ["raw", "save:page", "exec:wc -c", "exec:cat \"$NBCRAWL_BODY_FILE\" | wc -c", "decode"]}
        outcome = self.fetch("--jsonl", "--body", "base64", self.list_of(job))
        self.assert_status(outcome, 0)
        size = len(CHINESE.encode("gbk"))
        self.assertEqual(base64.b64decode(outcome.records[0]["body_base64"]),
                         CHINESE.encode("gbk") + f"{size}\n{size}\n".encode() + CHINESE.encode())
        self.assertEqual((self.folder / "page").read_bytes(), CHINESE.encode("gbk"))

    def test_a_command_that_does_not_read_is_no_failure(self):
        self.assertEqual(self.run_one("/large", "echo done")["body"], "done\n")

    def test_much_in_and_much_out_at_once(self):
        outcome = self.fetch("--callback", "exec:cat", self.server.url("/large"))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.stdout, b"/large".ljust(5_000_000, b"."))

    def test_how_a_command_failed_is_told(self):
        for command, options, detail in (
                ("echo one >&2; echo 'two \x1b[31m' >&2; exit 3", {}, "ended with status 3: two \x1b[31m"),
                ("no-such-command", {}, "ended with status 127: sh: 1: no-such-command: not found"),
                ("-n", {}, "ended with status 127: sh: 1: -n: not found"),
                ("kill -9 $$", {}, "was ended by signal 9 (Killed)"),
                ("sleep 1000", {"timeout": "1s"}, "was not done after 1000 ms"),
                ("head -c 70000 /dev/zero", {"max_filesize": "64k"}, "gave more than 65536 bytes")):
            with self.subTest(command):
                record = self.run_one("/chinese", command, status=9, **options)
                self.assertEqual((record["ok"], record["error"]), (False, "callback_failed"))
                self.assertEqual(record["error_detail"], f"the command '{command}' {detail}")
                self.assertNotIn("body", record)

    def test_a_command_that_can_not_be_started_is_told(self):
        record = self.run_one("/long-type", "cat", status=9)
        self.assertEqual(record["error_detail"], "can't start /bin/sh: Argument list too long")

    def test_a_failing_command_ends_the_jobs_callbacks_and_no_other_job(self):
        jobs = [{"url": self.server.url("/coded"), "callback": ["exec:exit 1", "exec:touch ran"]},
                {"url": self.server.url("/coded"), "callback": "exec:cat"}]
        records, outcome = self.records_of(self.list_of(*jobs))
        self.assert_status(outcome, 9)
        self.assertEqual([record["ok"] for record in records], [False, True])
        self.assertFalse((self.folder / "ran").exists())

    def test_a_page_that_counts_as_a_failure_is_given_to_no_command(self):
        record = self.run_one("/missing", "touch ran", "--fail", status=8)
        self.assertEqual(record["error"], "http_status")
        self.assertFalse((self.folder / "ran").exists())

    def test_a_bad_command_is_an_error_of_the_list(self):
        for spec in ("exec", "exec:", "exec: \t"):
            outcome = self.fetch("--callback", spec, self.server.url("/coded"))
            self.assert_status(outcome, 2)
            self.assertIn("it needs a command", outcome.stderr)


class ManyTest(ExecCase):
    """Many pages: the loop is never blocked, and what waits is bounded."""

    def setUp(self):
        super().setUp()
        self.size = 1000
        self.server = self.enterContext(ScriptedServer())
        self.server.pages = {f"/{i}": lambda *args: numbered(self.size)(*args) for i in range(2000)}

    def urls(self, count):
        return self.write("urls.txt", "".join(self.server.url(f"/{i}") + "\n" for i in range(count)))

    def go(self):
        (self.folder / "go").touch()

    def test_a_slow_command_holds_up_no_other_job_and_no_connection(self):
        waits = "exec:while [ ! -e go ]; do sleep 0.01; done; echo slow"
        jobs = [{"url": self.server.url("/0"), "callback": waits}]
        jobs += [{"url": self.server.url(f"/{i}"), "callback": "exec:touch go; wc -c"} for i in range(1, 5)]
        outcome = self.fetch("--per-host", 1, "--exec-jobs", 2, "--ordered", self.list_of(*jobs))
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.text, "slow\n" + "1000\n" * 4)
        self.assertEqual(self.server.connections, 1)

    def test_under_each_multiplexer_in_order(self):
        urls = self.urls(20)
        for multiplexer in ("auto", "select", "poll", "epoll"):
            with self.subTest(multiplexer):
                outcome = self.fetch("--multiplexer", multiplexer, "--ordered", "--callback",
                                     "exec:head -c 4 | tr -d '.\\n'; echo", urls)
                self.assert_status(outcome, 0)
                self.assertEqual(outcome.text.split(), [f"/{i}" for i in range(20)])

    def test_no_more_than_exec_jobs_run_at_once(self):
        # Each says how many there are, and is not gone before there were three.
        command = ('exec:mkdir run.$$; set -- run.*; [ $# -ge 3 ] && touch met; until [ -e met ]; do sleep 0.01; done; sleep 0.02; '
                   'rmdir run.$$; echo $#')
        outcome = self.fetch("--exec-jobs", 3, "--callback", command, self.urls(30))
        self.assert_status(outcome, 0)
        self.assertEqual(max(map(int, outcome.text.split())), 3)

    def check_bound(self, count, size, most_requests, most_mib):
        """Commands that wait: no more pages than allowed are fetched meanwhile, and then all go through."""
        self.size = size
        command = self.start_fetch("--exec-jobs", 4, "--callback",
                                   "exec:while [ ! -e go ]; do sleep 0.05; done; wc -c", self.urls(count))
        self.server.wait_for(lambda: len(self.server.requests) > 10)
        self.server.wait_until_quiet(0.3)
        self.assertLess(len(self.server.requests), most_requests)
        self.assertLess(status_of(command.pid, "VmHWM"), most_mib * 1024)
        self.go()
        outcome = command.finish(60)
        self.assert_status(outcome, 0)
        self.assertEqual(outcome.text.split(), [str(size)] * count)

    def test_many_small_pages_wait_for_slow_commands(self):
        self.check_bound(count=400, size=1000, most_requests=256 + 4 + 8 + 1, most_mib=48)

    def test_large_pages_wait_for_slow_commands(self):
        self.check_bound(count=200, size=1_000_000, most_requests=60, most_mib=80)

    def test_with_few_descriptors(self):
        outcome = self.fetch("-P", 64, "--per-host", 64, "--exec-jobs", 16, "--callback", "exec:cat", self.urls(200),
                             descriptors=64)
        self.assert_status(outcome, 0)
        self.assertEqual(len(outcome.stdout), 200 * self.size)
        outcome = self.fetch("--callback", "exec:cat", self.urls(20), descriptors=16)
        self.assert_status(outcome, 0)
        self.assertEqual(len(outcome.stdout), 20 * self.size)

    def test_a_lasting_shortage_of_descriptors_costs_no_job_and_is_told_once(self):
        command = self.start_fetch("-P", 1, "--exec-jobs", 30, "--log-file", "log", "--log-level", "warning", "--jsonl", "--callback",
                                   "exec:while [ ! -e go ]; do sleep 0.01; done; wc -c", self.urls(300), descriptors=32)
        told = re.compile(r"going on with (\d+) commands at once")
        log = self.folder / "log"
        self.wait_until(lambda: log.exists() and told.search(log.read_text()), "it is told")
        self.go()
        outcome = command.finish()
        self.assert_status(outcome, 0)
        self.assertEqual([record["body"] for record in outcome.records], ["1000\n"] * 300)
        at_once = told.findall(log.read_text())
        self.assertEqual(len(at_once), 1)
        self.assertLess(int(at_once[0]), 300 // 16)  # else no further one was tried, which finds no room either

    def test_a_reader_that_sleeps_stops_the_commands(self):
        self.size = 100_000
        command = self.start_fetch("--callback", "exec:touch ran.$$; cat", self.urls(100), read_stdout=False)
        self.server.wait_for(lambda: len(self.server.requests) > 10)
        self.server.wait_until_quiet(0.3)
        self.assertLess(len(list(self.folder.glob("ran.*"))), 50)
        self.assertEqual(len(command.process.stdout.read()), 100 * self.size)
        self.assert_status(command.finish(), 0)


class EndTest(ExecCase):
    """However the run ends, no command outlives it."""

    def setUp(self):
        super().setUp()
        self.server = self.enterContext(ScriptedServer())

    def start_command(self, line, *options, count=1):
        urls = self.write("urls.txt", "".join(self.server.url(f"/{i}") + "\n" for i in range(count)))
        return self.start_fetch("--jsonl", "--callback", "exec:" + line, *options, urls)

    def assert_dies(self, pid):
        self.wait_until(lambda: not is_alive(pid), f"process {pid} has ended")

    def test_a_signal_lets_running_commands_end(self):
        command = self.start_command("echo $$ > pid; while [ ! -e go ]; do sleep 0.01; done; echo done")
        self.pid_in("pid")
        os.kill(command.pid, signal.SIGINT)
        (self.folder / "go").touch()
        outcome = command.finish(9)
        self.assert_status(outcome, 130)
        self.assertEqual([record["body"] for record in outcome.records], ["done\n"])

    def test_a_second_signal_kills_them_and_what_they_started(self):
        command = self.start_command("trap '' TERM INT; sleep 1000 & echo $! > child; echo $$ > pid; wait",
                                     "--exec-jobs", 1, count=3)
        child, pid = self.pid_in("child"), self.pid_in("pid")
        self.server.wait_for(lambda: len(self.server.requests) >= 3)
        os.kill(command.pid, signal.SIGINT)
        os.kill(command.pid, signal.SIGTERM)
        outcome = command.finish(5)
        self.assert_status(outcome, 130)
        self.assertEqual([record["error"] for record in outcome.records], ["interrupted"] * 3)
        self.assert_dies(child)
        self.assert_dies(pid)

    def test_a_run_that_is_killed_takes_its_command_with_it(self):
        command = self.start_command("echo $$ > pid; exec sleep 1000")
        pid = self.pid_in("pid")
        os.kill(command.pid, signal.SIGKILL)
        self.assert_status(command.finish(5), -9)
        self.assert_dies(pid)

    def test_results_that_can_not_be_written_end_the_commands(self):
        first_waits = "if [ $NBCRAWL_ID = 0 ]; then while [ ! -s pid ]; do sleep 0.01; done; exit; fi; "
        command = self.start_command(first_waits + "echo $$ > pid; exec sleep 1000",
                                     "--exec-jobs", 2, "-o", "/dev/full", count=2)
        self.assert_status(command.finish(10), 3)
        self.assert_dies(self.pid_in("pid"))


if __name__ == "__main__":
    unittest.main()
