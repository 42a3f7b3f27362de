#!/usr/bin/env python3
"""A reader that is slow, or sleeps, slows the crawl: memory stays flat and no byte is lost (promise A27)."""

import fcntl
import os
import pty
import socket
import threading
import unittest

from harness import PIPE, Case, status_of
from scripted_server import ScriptedServer, response

PAGE = 64 * 1024
PAGES = 2000  # 125 MiB


def page(i):
    return (f"{i:08}" * (PAGE // 8)).encode()


def numbered(connection, request):
    connection.send(response(page(int(request.path[1:]))))
    return True


class SleepingReaderCase(Case):
    """`self.server` has the numbered pages, `self.list` names them all."""

    def serve(self, server):
        self.server = self.enterContext(server)
        self.list = self.write("list.txt", "".join(self.server.url(f"/{i}") + "\n" for i in range(PAGES)))

    def check_sleeping_reader(self, *options, stdout=PIPE, read=None, most_requests=300, limit_mib=64):
        """Starts a run whose output nobody reads, waits until it asks for no more, then reads it all. Returns the pages'
        numbers in the order they came; each page must be whole."""
        with self.start_fetch(*options, self.list, stdout=stdout, read_stdout=False) as command:
            if stdout is not PIPE:
                stdout.close()
            self.server.wait_for(lambda: len(self.server.requests) > 10)
            self.server.wait_until_quiet(0.5)
            # A mebibyte of results may wait, and each of 8 transfers to the host has its page in some buffer.
            self.assertLess(len(self.server.requests), most_requests)
            self.assertLess(status_of(command.pid, "VmHWM"), limit_mib * 1024)
            numbers = self.numbers_of(read or command.process.stdout.read1)
            outcome = command.finish(60)
            self.assert_status(outcome, 0)
            self.assertLess(outcome.max_rss_kib, limit_mib * 1024)
        return numbers

    def check_sleep(self, command, seconds, disturb=lambda: None):
        """Once nothing is read for want of a reader, the command takes no time, also when `disturb` is called."""
        self.server.wait_for(lambda: len(self.server.requests) > 10)
        self.server.wait_until_quiet(0.3)
        disturb()
        before = cpu_ticks(command.pid)
        self.server.wait_until_quiet(seconds)
        self.assertLessEqual(cpu_ticks(command.pid) - before, 5)  # hundredths of a second

    def numbers_of(self, read):
        """Reads to the end and keeps little of it: what this process has counts in the command's memory."""
        numbers, rest = [], b""
        while block := read(1 << 18):
            rest += block
            while len(rest) >= PAGE:
                number = int(rest[:8])
                self.assertTrue(rest[:PAGE] == page(number), f"page {number} is not whole")
                numbers.append(number)
                rest = rest[PAGE:]
        self.assertEqual(rest, b"")
        return numbers


class BackPressureTest(SleepingReaderCase):
    def setUp(self):
        super().setUp()
        self.serve(ScriptedServer({f"/{i}": numbered for i in range(PAGES)}))

    def test_a_sleeping_reader_of_a_pipe(self):
        self.assertEqual(sorted(self.check_sleeping_reader()), list(range(PAGES)))

    def test_a_sleeping_reader_of_a_pipe_with_ordered_output(self):
        # As many pages as may be held (32 MiB) come first where one before them is late.
        self.assertEqual(self.check_sleeping_reader("--ordered", most_requests=600, limit_mib=96), list(range(PAGES)))

    def test_a_sleeping_reader_of_a_socket(self):
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.assertEqual(sorted(self.check_sleeping_reader(stdout=theirs, read=ours.recv)), list(range(PAGES)))

    def test_the_clocks_of_the_transfers_stand_still_while_nobody_reads(self):
        with self.start_fetch("--max-time", "1s", self.list, read_stdout=False) as command:
            self.server.wait_until_quiet(2.0)
            numbers = self.numbers_of(command.process.stdout.read1)
            self.assert_status(command.finish(60), 0)
        self.assertEqual(sorted(numbers), list(range(PAGES)))

    def test_nor_does_the_time_run_on_for_a_job_that_is_redirected(self):
        output_is_full = threading.Event()

        def moved(connection, request):
            output_is_full.wait(20)
            connection.send(response(b"", "Location: /end", status="302 Found"))
            return True

        def late(connection, request):
            connection.server.wait_until_quiet(0.3)
            connection.send(response(b"end"))
            return True

        large = b"x" * (4 << 20)
        server = self.enterContext(ScriptedServer({"/large": response(large), "/moved": moved, "/end": late}))
        self.addCleanup(output_is_full.set)
        jobs = [server.url("/moved"), server.url("/large")]
        with self.start_fetch("--max-time", "1s", "--retry", 0, "--callback", "raw", *jobs, read_stdout=False) as command:
            output = command.process.stdout
            got = output.read(1)  # of the page that is done: it is more than may wait
            output_is_full.set()
            server.wait_until_quiet(2.0)
            self.assertEqual(got + output.read(), large + b"end")
            self.assert_status(command.finish(), 0)

    def test_waiting_for_a_reader_costs_no_time(self):
        for multiplexer in ("select", "poll", "epoll"):
            with self.subTest(multiplexer):
                self.server.requests.clear()
                with self.start_fetch("--multiplexer", multiplexer, self.list, read_stdout=False) as command:
                    self.check_sleep(command, 1.0)

    def test_nor_do_servers_that_go_away_meanwhile(self):
        """Half of the body, then the end of the connection, while nothing is read for want of a reader."""
        gone = threading.Event()

        def half(connection, request):
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n" + "x" * 10_000)
            gone.wait(20)
            connection.reset()

        halves = self.enterContext(ScriptedServer({f"/half/{i}": half for i in range(8)}))
        jobs = self.write("mixed.txt", "".join(halves.url(f"/half/{i}") + "\n" for i in range(8)) + self.list.read_text())
        for multiplexer in ("select", "poll", "epoll"):
            with self.subTest(multiplexer):
                gone.clear()
                self.server.requests.clear()
                with self.start_fetch("--per-host", 32, "--multiplexer", multiplexer, jobs, read_stdout=False) as command:
                    self.check_sleep(command, 0.7, gone.set)

    def test_a_terminal_gets_everything_and_is_left_as_it_was(self):
        master, slave = pty.openpty()
        flags = fcntl.fcntl(slave, fcntl.F_GETFL)
        blocks = []
        reader = threading.Thread(target=lambda: read_all(master, blocks))
        reader.start()
        few = self.write("few.txt", "".join(self.server.url(f"/{i}") + "\n" for i in range(20)))
        outcome = self.start_fetch(few, stdout=slave).finish()
        self.assert_status(outcome, 0)
        self.assertEqual(fcntl.fcntl(slave, fcntl.F_GETFL), flags)
        os.close(slave)
        reader.join()
        os.close(master)
        data = b"".join(blocks)
        self.assertEqual(sorted(data[i:i + 8] for i in range(0, len(data), PAGE)), sorted(page(i)[:8] for i in range(20)))

    def test_o_nonblock_is_not_set_on_an_inherited_pipe_at_any_time(self):
        read_end, write_end = os.pipe()
        stdin_read, stdin_write = os.pipe()
        with self.start_fetch("-", self.list, stdin=stdin_read, stdout=write_end) as command:
            self.server.wait_until_quiet(0.3)  # it reads one pipe and writes the other, and waits for both
            os.write(stdin_write, self.server.url("/1\n").encode())
            self.server.wait_for(lambda: len(self.server.requests) >= 1)
            for fd in (read_end, write_end, stdin_read, stdin_write):
                self.assertEqual(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK, 0)
            os.close(stdin_write)
            os.close(stdin_read)
            self.server.wait_for(lambda: len(self.server.requests) > 10)
            self.server.wait_until_quiet(0.3)
            for fd in (read_end, write_end):
                self.assertEqual(fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_NONBLOCK, 0)
            os.close(read_end)
            os.close(write_end)
            self.assert_status(command.finish(), 3)


class LargePagesTest(Case):
    MIB = b"x" * (1 << 20)
    LARGE_MIB = 24

    def test_large_pages_under_way_rest_while_nobody_reads(self):
        output_is_full = threading.Event()
        sent = []

        def large(connection, request):
            connection.send(f"HTTP/1.1 200 OK\r\nContent-Length: {self.LARGE_MIB << 20}\r\n\r\n")
            output_is_full.wait(20)
            for _ in range(self.LARGE_MIB):
                connection.send(self.MIB)
                sent.append(1)
            return True

        def first(connection, request):
            connection.server.wait_for(lambda: len(server.requests) >= 9)
            connection.send(response(4 * self.MIB))
            return True

        server = self.enterContext(ScriptedServer({"/first": first} | {f"/{i}": large for i in range(8)}))
        self.addCleanup(output_is_full.set)
        jobs = [server.url("/first"), *(server.url(f"/{i}") for i in range(8))]
        with self.start_fetch("--per-host", 9, "--callback", "raw", *jobs, read_stdout=False) as command:
            output = command.process.stdout
            got = len(output.read(1))  # of the first page, which is done: it is more than may wait
            output_is_full.set()
            server.wait_until_quiet(1.0, lambda: len(sent))
            self.assertLess(len(sent), 8 * self.LARGE_MIB)
            self.assertLess(status_of(command.pid, "VmHWM"), 64 * 1024)
            while block := output.read1(1 << 20):
                got += len(block)
            self.assert_status(command.finish(), 0)
        self.assertEqual(got, (4 + 8 * self.LARGE_MIB) << 20)


def cpu_ticks(pid):
    with open(f"/proc/{pid}/stat") as stat:
        words = stat.read().rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


def read_all(fd, blocks):
    while True:
        try:
            block = os.read(fd, 1 << 16)
        except OSError:  # EIO: the last writer has closed the terminal
            return
        blocks.append(block)


if __name__ == "__main__":
    unittest.main()
