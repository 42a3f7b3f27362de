#!/usr/bin/env python3
"""A slow reader of standard output holds up HTTP/2 servers too: memory stays flat and no byte is lost (promise A27)."""

import threading
import unittest

from back_pressure_test import PAGES, SleepingReaderCase, page
from harness import status_of
from http2_frames import data, headers
from http2_peer import Http2Server


def numbered(connection, request):
    connection.respond(request, page(int(request.path[1:])))
    return True


class Http2BackPressureTest(SleepingReaderCase):
    def test_a_sleeping_reader(self):
        self.serve(Http2Server({f"/{i}": numbered for i in range(PAGES)}))
        self.assertEqual(sorted(self.check_sleeping_reader("--http2-prior-knowledge")), list(range(PAGES)))
        self.assertEqual(self.server.connections, 1)

    def test_servers_that_go_away_meanwhile_cost_no_time(self):
        """Each in the middle of 20 bodies, none of which is read for want of a reader."""
        gone = threading.Event()

        def halves(connection):
            connection.begin()
            for _ in range(20):
                stream = connection.read_request().stream
                connection.send(headers(stream) + data(stream, bytes(16_000)) * 3)
            gone.wait(20)
            connection.reset()

        self.serve(Http2Server({f"/{i}": numbered for i in range(PAGES)}))
        others = [self.enterContext(Http2Server(on_http2=halves, ip=f"127.0.0.{i}")) for i in range(2, 12)]
        lines = [server.url(f"/{i}\n") for server in others for i in range(20)]
        jobs = self.write("mixed.txt", "".join(lines) + self.list.read_text())
        for multiplexer in ("select", "poll", "epoll"):
            with self.subTest(multiplexer):
                gone.clear()
                self.server.requests.clear()
                options = ["--http2-prior-knowledge", "-P", 400, "--per-host", 20, "--multiplexer", multiplexer]
                with self.start_fetch(*options, jobs, read_stdout=False) as command:
                    self.check_sleep(command, 0.7, gone.set)
                    self.assertLess(status_of(command.pid, "VmHWM"), 128 * 1024)


if __name__ == "__main__":
    unittest.main()
