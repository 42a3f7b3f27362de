#!/usr/bin/env python3
"""System calls that fail, are interrupted or do nothing (promise A27); strace makes them do so."""

import json
import unittest
from collections import Counter

from dns_server import A, NOERROR, ScriptedDns, record
from every_kind import EveryKind
from harness import Case, strace
from scripted_server import ScriptedServer

WAITS = {"select": "select,pselect6", "poll": "poll,ppoll", "epoll": "epoll_wait,epoll_pwait"}


def faulty(calls, fault):
    """Runs the command so that these system calls do what `fault` says, in the words of strace's option inject."""
    return strace(calls, "-e", f"inject={calls}:{fault}")


class PlainListTest(Case):
    def test_a_wait_that_fails_ends_the_run_and_loses_no_result_in_silence(self):
        with ScriptedServer() as server:
            self.write("list.txt", "".join(server.url(f"/{i}") + "\n" for i in range(50)))
            for multiplexer, calls in WAITS.items():
                for when in ("1", "1+", "4", "4+"):
                    with self.subTest(multiplexer=multiplexer, when=when):
                        outcome = self.fetch("--jsonl", "--multiplexer", multiplexer, "list.txt", limit=10,
                                             under=faulty(calls, f"error=EIO:when={when}"))
                        self.assert_status(outcome, 1)
                        self.assertEqual(len(outcome.complaints), 1, outcome.stderr)
                        self.assertRegex(outcome.complaints[0], "^nbcrawl: (select|poll|epoll_wait).*: Input/output error$")
                        self.assertIn(f"nbcrawl: {len(outcome.records)} of ", outcome.stderr)

    def test_interrupted_calls_of_connections_are_made_again(self):
        with ScriptedServer() as server:
            self.write("list.txt", "".join(server.url(f"/{i}") + "\n" for i in range(50)))
            for call in ("sendto", "recvfrom"):
                with self.subTest(call):
                    outcome = self.fetch("--jsonl", "list.txt", under=faulty(call, "error=EINTR:when=2+3"))
                    self.assert_status(outcome, 0)
                    self.assertEqual(len(outcome.records), 50)

    def test_interrupted_calls_of_look_ups_are_made_again(self):
        """By UDP, then by TCP since the answer is too long: a server that is given up is not asked a second time in vain."""
        def answer(name, kind):
            return (NOERROR, [record(name, A, "127.0.0.1")] * 50) if kind == A else (NOERROR, [])

        with ScriptedServer() as server, ScriptedDns(answer) as dns:
            for call in ("sendto,sendmsg", "recvfrom"):
                for when in ("1..3", "1+2", "2+3"):  # three tries are what c-ares has
                    with self.subTest(call=call, when=when):
                        dns.asked.clear()
                        outcome = self.fetch("-4", "--dns-servers", dns.address, f"http://a.test:{server.port}/",
                                             under=faulty(call, f"error=EINTR:when={when}"))
                        self.assert_status(outcome, 0)
                        self.assertEqual(dns.asked, [("a.test", A, "udp"), ("a.test", A, "tcp")])

    def test_a_server_whose_wait_fails_ends_and_says_so(self):
        self.write("site.json", '{"listen": "127.0.0.1:0", "routes": {"/": {"text": "page"}}}')
        for multiplexer, calls in WAITS.items():
            outcome = self.run_command("serve", "site.json", "--multiplexer", multiplexer, limit=10,
                                       under=faulty(calls, "error=EIO:when=1+"))
            self.assert_status(outcome, 1)
            self.assertIn("Input/output error", outcome.stderr)


class FailingCallsTest(Case):
    def setUp(self):
        super().setUp()
        self.every = self.enterContext(EveryKind(self.folder))

    def run_all(self, under, *options):
        self.every.forget()
        outcome = self.fetch("--jsonl", "--fail", "-o", "out", "--log-file", "log", *options, *self.every.options, under=under)
        out = self.folder / "out"
        records = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
        self.assertEqual(list(self.folder.rglob(".nbcrawl-*")), [])
        return outcome, self.every.found(records)

    def calls_made(self, calls, *options):
        """How often each of these calls is made before main() begins, and in all."""
        self.run_all(strace(f"rt_sigaction,{calls}", into="trace"), *options)
        lines = (self.folder / "trace").read_text().splitlines()
        begin = next(number for number, line in enumerate(lines) if "SIGPIPE" in line)
        count = [Counter(line.partition("(")[0] for line in part) for part in (lines[:begin], lines)]
        return {call: (count[0][call], count[1][call]) for call in calls.split(",")}

    def test_interrupted_calls_are_made_again(self):
        calls = "write,writev,epoll_wait,waitid,pwrite64"
        for call, (before, _) in self.calls_made(calls, "--state", "state").items():
            with self.subTest(call):
                outcome, found = self.run_all(faulty(call, f"error=EINTR:when={before + 2}+3"), "--state", "state")
                self.assert_status(outcome, 4)
                self.assertEqual(found, list(self.every.expected))
        # OpenSSL reads its own files with functions that give up: of read(2) that of the list alone.
        outcome, found = self.run_all([*faulty("read", "error=EINTR:when=1+2"), "-P", str(self.folder / "every_kind.json")])
        self.assert_status(outcome, 4)
        self.assertEqual(found, list(self.every.expected))

    def test_what_cannot_be_written_is_told(self):
        """Whatever call of the output, the state, the cookies or the log fails. Without commands: their pipes are written to
        with the same call, now more often and now less."""
        self.every = self.enterContext(EveryKind(self.folder, commands=False))
        for call, (before, made) in self.calls_made("write,writev,pwrite64,fdatasync,linkat,renameat,ftruncate",
                                                    "--state", "state").items():
            if made == before:
                continue  # a file system without O_TMPFILE has no use for linkat, and most others none for renameat
            for number in sorted({before + 1, (before + 1 + made) // 2, made}):
                with self.subTest(call=call, number=number):
                    outcome, found = self.run_all(faulty(call, f"error=EIO:when={number}"), "--state", "state")
                    if outcome.status == 4:  # it was of the tidying up after the last commit
                        self.assertEqual(found, list(self.every.expected))
                        again = self.fetch("--jsonl", "--fail", "-o", "out", "--state", "state", *self.every.options)
                        self.assertIn(f"0 of 0 jobs succeeded, {len(found)} done before", again.stderr)
                        continue
                    self.assert_status(outcome, 3)
                    self.assertRegex(outcome.stderr, r"can't (write|use) .*(out|jar|log|saved/7|state): .*(Input/output|disk I/O) error")
                    for said, expected in zip(found, self.every.expected):
                        self.assertIn(said, (expected, "output_failed", None))

    def test_interrupted_reads_of_a_command_are_made_again(self):
        jobs = self.write("one.json", json.dumps([{"url": self.every.url("/large"), "callback": "exec:cat"}]))
        expected = self.fetch(jobs, under=strace("read", into="trace")).stdout
        made = len((self.folder / "trace").read_text().splitlines())
        for number in range(made - 5, made):  # the last ones are those of its output
            with self.subTest(number=number, of=made):
                outcome = self.fetch(jobs, under=faulty("read", f"error=EINTR:when={number}"))
                self.assert_status(outcome, 0)
                self.assertTrue(outcome.stdout == expected)

    def test_a_command_that_has_begun_is_not_begun_again(self):
        """Its place among the descriptors, which the first call has held, is gone when the second asks for it."""
        jobs = self.write("one.json", json.dumps([{"url": self.every.url("/large"), "callback": "exec:cat"}]))
        outcome = self.fetch(jobs, under=strace("vfork,pidfd_open", "-e", "inject=pidfd_open:error=EMFILE:when=2", into="trace"))
        self.assert_status(outcome, 9)
        self.assertIn("the command 'cat' can't be waited for: Too many open files", outcome.stderr)
        self.assertEqual((self.folder / "trace").read_text().count("vfork()"), 1)

    def test_a_write_that_takes_no_bytes_does_not_make_it_spin(self):
        outcome, _ = self.run_all(faulty("writev", "retval=0:when=1+"))
        self.assert_status(outcome, 3)
        self.assertIn("can't write out: Input/output error", outcome.stderr)

    def test_a_connection_that_fails_fails_its_job_at_once(self):
        for call in ("sendto", "recvfrom"):
            with self.subTest(call):
                outcome, found = self.run_all(faulty(call, "error=EIO:when=1+"))
                self.assert_status(outcome, 4)
                self.assertNotIn("timeout", found[:12])
                self.assertIn("the connection failed: Input/output error", outcome.stderr)
                for line in outcome.stderr.splitlines():
                    if "Input/output error" in line:  # beside the URL, which the line begins with
                        self.assertRegex(line, r": (proxy )?[a-z0-9.]+:[0-9]+: .*the connection failed", line)

    def test_a_command_is_not_given_half_a_page_in_silence(self):
        """write(2) is also that of the log, which is left out here."""
        jobs = self.write("one.json", json.dumps([{"url": self.every.url("/large"), "callback": "exec:wc -c"}]))
        for when, said in ((1, "can't write a command's input"),  # before it runs, until the pipe is full
                           (3, "the command 'wc -c' lost what went through its pipes")):
            outcome = self.fetch(jobs, under=faulty("write", f"error=EIO:when={when}"))
            self.assert_status(outcome, 9)
            self.assertIn(f"{said}: Input/output error", outcome.stderr)

    def test_select_goes_on_where_epoll_is_not_to_be_had(self):
        outcome, found = self.run_all(faulty("epoll_create1", "error=EMFILE:when=1+"))
        self.assert_status(outcome, 4)
        self.assertEqual(found, list(self.every.expected))


if __name__ == "__main__":
    unittest.main()
