#!/usr/bin/env python3
"""Standard error that nobody reads holds nothing up: neither the jobs nor the signals (promises A14 and A38)."""

import os
import pty
import shlex
import signal
import socket
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loopback"))

from harness import Case, wait_until_signal_is_taken
from scripted_server import ScriptedServer, response

FAILURES = 3_000  # a line each: several times what a pipe holds


class UnreadMessagesTest(Case):
    def setUp(self):
        super().setUp()
        self.asked = threading.Event()
        self.released = threading.Event()
        self.server = self.enterContext(ScriptedServer({"/last": self.last}))
        self.addCleanup(self.released.set)
        os.mkfifo(self.folder / "messages")
        self.reading = os.open(self.folder / "messages", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(lambda: os.close(self.reading))

    def last(self, connection, request):
        self.asked.set()
        self.released.wait(20)
        connection.send(response(b"last"))
        return True

    def start_failing(self, *options, into=None):
        """Many failures first, and then one job that is answered when the test allows it."""
        bound = self.enterContext(socket.socket())  # and does not listen
        bound.bind(("127.0.0.1", 0))
        refused = f"http://127.0.0.1:{bound.getsockname()[1]}"
        urls = self.write("urls", "".join(f"{refused}/{i}\n" for i in range(FAILURES)) + self.server.url("/last") + "\n")
        command = self.start_fetch("-P", 1, *options, urls, redirect=f"2>{shlex.quote(str(into or self.folder / 'messages'))}")
        self.assertTrue(self.asked.wait(20), "the run stands still")
        return command

    def test_jobs_go_on_and_every_message_is_there_for_who_reads_late(self):
        command = self.start_failing()
        self.released.set()
        os.set_blocking(self.reading, True)
        with open(self.reading, "rb", closefd=False) as messages:
            said = messages.read().decode().splitlines()
        outcome = command.finish()
        self.assertEqual(outcome.stdout, b"last")
        self.assertEqual(len([line for line in said if line.endswith("(connect_refused)")]), FAILURES)
        self.assertRegex(said[-1], f"1 of {FAILURES + 1} jobs succeeded")

    def test_a_terminal_that_nobody_reads_holds_nothing_up_either(self):
        terminal, end = pty.openpty()
        self.addCleanup(lambda: os.close(terminal))
        self.addCleanup(lambda: os.close(end))
        command = self.start_failing(into=os.ttyname(end))
        for number in (signal.SIGTERM, signal.SIGINT):
            command.process.send_signal(number)
            wait_until_signal_is_taken(command.pid, number)
        self.assert_status(command.finish(limit=8), 4)

    def test_the_second_signal_ends_the_run(self):
        command = self.start_failing("-v")
        for number in (signal.SIGTERM, signal.SIGINT):
            command.process.send_signal(number)
            wait_until_signal_is_taken(command.pid, number)
        self.assert_status(command.finish(limit=8), 4)


if __name__ == "__main__":
    unittest.main()
