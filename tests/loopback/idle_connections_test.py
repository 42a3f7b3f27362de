#!/usr/bin/env python3
"""Many connections that are kept: none holds the memory of the large request or response that it carried."""

import json
import unittest

from harness import Case
from http2_peer import Http2Server
from scripted_server import ScriptedServer, response

HOSTS = 200
LARGE = 250_000  # bytes; all hosts together: 50 MB
MOST_MIB = 24  # of the command, with few transfers at once


class IdleConnectionsTest(Case):
    def check(self, answer, *options):
        self.check_server(ScriptedServer({"/": lambda connection, request: connection.send(answer) or True}, ip="0.0.0.0"), *options)

    def check_server(self, server, *options, at_once=4):
        """Each host answers one request, over a connection of its own, and keeps that."""
        self.enterContext(server)
        jobs = [{"url": f"http://127.0.1.{host}:{server.port}/"} for host in range(1, HOSTS + 1)]
        outcome = self.fetch("-P", at_once, "--callback", "discard", *options, self.write("jobs.json", json.dumps(jobs)))
        self.assert_status(outcome, 0)
        self.assertEqual(server.connections, HOSTS)
        print(f"{outcome.max_rss_kib} KiB")
        self.assertLess(outcome.max_rss_kib, MOST_MIB * 1024)

    def test_a_body_that_was_sent_is_not_kept(self):
        self.check(response(b"ok"), "--data", f"@{self.write('body', 'x' * LARGE)}")

    def test_nor_what_was_sent_over_http2(self):
        server = Http2Server({"/": lambda connection, request: connection.respond(request, b"ok") or True}, ip="0.0.0.0")
        self.check_server(server, "--http2-prior-knowledge", "--data", f"@{self.write('body', 'x' * LARGE)}")

    def test_nor_a_field_that_was_sent(self):
        self.check(response(b"ok"), "-H", f"X-Large: {'x' * 100_000}", "-H", f"X-Other: {'x' * 100_000}")

    def test_nor_a_field_that_came(self):
        self.check(response(b"ok", f"X-Large: {'x' * LARGE}"))

    def test_nor_a_field_name(self):
        self.check(response(b"ok", f"{'x' * LARGE}: 1"))

    def test_nor_a_trailer(self):
        self.check(response(b"", "Transfer-Encoding: chunked", length=False) + f"0\r\nX-Large: {'x' * LARGE}\r\n\r\n".encode())

    def test_nor_very_many_fields(self):
        self.check(response(b"ok", *[f"x{i}: {i}" for i in range(LARGE // 16)]))

    def test_nor_a_large_page(self):
        self.check(response(b"x" * LARGE))

    def test_a_body_that_all_send_is_there_once(self):
        def held(connection, _request):
            connection.server.wait_for(lambda: len(connection.server.requests) >= HOSTS)
            connection.send(response(b"ok"))
            return True

        server = ScriptedServer({"/": held}, ip="0.0.0.0")
        self.check_server(server, "--data", f"@{self.write('body', 'x' * LARGE)}", at_once=HOSTS)
        self.assertEqual({len(request.body) for request in server.requests}, {LARGE})


if __name__ == "__main__":
    unittest.main()
