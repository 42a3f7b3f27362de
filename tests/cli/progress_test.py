#!/usr/bin/env python3
"""What is said on standard error while a run goes on, and that it never spoils the pages."""

import os
import pty
import re
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import Case
from scripted_server import ScriptedServer, response

BAR = re.compile(rb"\r\x1b\[K\[#*\.*\] \d+/2, ")


class ProgressTest(Case):
    def setUp(self):
        super().setUp()
        self.shown = b""
        self.seen = threading.Condition()
        self.server = self.enterContext(ScriptedServer({"/page": response(b"no newline"), "/held": self.hold}))

    def hold(self, connection, request):
        """Answers once a good deal was said on the terminal, or seven seconds have shown that nothing is."""
        with self.seen:
            self.seen.wait_for(lambda: self.is_enough(self.shown), 7)
        connection.send(response(b"held"))
        return True

    def on_terminal(self, *arguments, pages_too, is_enough):
        """Runs the command with a terminal as its standard error, and as its standard output as well if `pages_too`."""
        self.shown, self.is_enough = b"", is_enough
        terminal, end = pty.openpty()
        reader = threading.Thread(target=self.watch, args=(terminal,))
        reader.start()
        redirect = f"2>{os.ttyname(end)}" + (" >&2" if pages_too else "")
        outcome = self.run_command(
            "fetch", "--ordered", "--retry", 0, *arguments, self.server.url("/page"), self.server.url("/held"), redirect=redirect)
        os.close(end)
        reader.join()
        os.close(terminal)
        self.assert_status(outcome, 0)
        return outcome

    def watch(self, terminal):
        while True:
            try:
                block = os.read(terminal, 1 << 16)
            except OSError:  # EIO: the last writer has closed it
                return
            with self.seen:
                self.shown += block
                self.seen.notify_all()

    def test_a_terminal_has_a_bar_that_is_gone_in_the_end(self):
        outcome = self.on_terminal(pages_too=False, is_enough=lambda shown: len(BAR.findall(shown)) >= 2)
        self.assertGreaterEqual(len(BAR.findall(self.shown)), 2)
        self.assertRegex(self.shown, rb"\r\x1b\[Knbcrawl: 2 of 2 jobs succeeded[^\r\n]*\r\n$")
        self.assertEqual(outcome.stdout, b"no newlineheld")

    def test_no_bar_is_drawn_over_pages_that_go_to_the_terminal_too(self):
        self.on_terminal(pages_too=True, is_enough=lambda shown: b"1/2" in shown)
        self.assertNotIn(b"\x1b", self.shown)
        self.assertRegex(self.shown, rb"^no newlinenbcrawl: 1/2, [^\r\n]*\r\nheldnbcrawl: 2 of 2 jobs succeeded")

    def test_no_bar_is_drawn_into_the_log(self):
        self.on_terminal("-v", "--progress", "bar", pages_too=False, is_enough=lambda shown: b"nbcrawl: 1/2" in shown)
        self.assertNotIn(b"\x1b", self.shown)
        self.assertIn(b"debug", self.shown)

    def test_the_bar_is_there_where_the_pages_go_to_a_file(self):
        for arguments in (["-o", "pages"], ["--output-dir", "dir", "--jsonl", "-o", "records"]):
            with self.subTest(arguments=arguments):
                self.on_terminal(*arguments, pages_too=True, is_enough=BAR.search)
                self.assertRegex(self.shown, BAR)

    def test_elsewhere_it_is_plain_lines_and_with_s_nothing(self):
        self.is_enough = lambda shown: False
        outcome = self.run_command("fetch", "--ordered", self.server.url("/page"), self.server.url("/held"))
        self.assert_status(outcome, 0)
        self.assertRegex(outcome.stderr, r"^nbcrawl: 1/2, \d+/s, 10 B, 0 failed, 1 active[^\n]*\nnbcrawl: 2 of 2 jobs succeeded[^\n]*\n$")
        self.is_enough = lambda shown: True
        self.assertEqual(self.run_command("fetch", "-s", self.server.url("/page"), "http://127.0.0.1:1/", "--retry", 0).stderr, "")


if __name__ == "__main__":
    unittest.main()
